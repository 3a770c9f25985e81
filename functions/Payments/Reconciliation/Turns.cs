namespace ServerlessBusiness.Payments.Reconciliation;

/// <summary>Several kinds of due work, a page of each in turn: none keeps the others waiting, and what the time does not suffice for is left.</summary>
public static class Turns
{
    /// <param name="kinds">Each takes a page of its kind and says whether there may be more.</param>
    public static async Task TakeAsync(Func<bool> isOver, params IReadOnlyList<Func<Task<bool>>> kinds)
    {
        var unfinished = kinds;
        while (unfinished.Count > 0)
        {
            var more = new List<Func<Task<bool>>>();
            foreach (var kind in unfinished)
            {
                if (isOver())
                    return;
                if (await kind())
                    more.Add(kind);
            }

            unfinished = more;
        }
    }
}
