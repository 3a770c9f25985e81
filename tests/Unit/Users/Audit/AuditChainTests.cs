using CsCheck;
using ServerlessBusiness.Users.Audit;

namespace ServerlessBusiness.Tests.Unit.Users.Audit;

public sealed class AuditChainTests
{
    private static readonly byte[] Key = [1, 2, 3];
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Gen<Func<AuditRow, AuditRow>> AnyChange = Gen.OneOf<Func<AuditRow, AuditRow>>(
        row => row with { Id = Guid.NewGuid() },
        row => row with { At = row.At.AddMicroseconds(1) },
        row => row with { Action = row.Action + "s" },
        row => row with { ActorKind = "system" },
        row => row with { ActorId = null },
        row => row with { ActorService = "" },
        row => row with { ImpersonatorId = Guid.NewGuid() },
        row => row with { TargetId = Guid.NewGuid() },
        row => row with { Detail = row.Detail + " " },
        row => row with { Address = null },
        // What moves from one field into the next is another entry too.
        row => row with { Action = row.Action[..^1], ActorKind = row.Action[^1] + row.ActorKind },
        row => row with { Hash = [.. row.Hash.Reverse()] });

    [Fact]
    public void A_chain_is_whole_and_every_change_is_found_where_it_was_made() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[0, 11], AnyChange).Where((count, place, _) => place < count).Sample((count, place, change) =>
        {
            var chain = Chain(count);
            Assert.Null(Broken(chain));

            var changed = chain.ToList();
            changed[place] = change(changed[place]);
            Assert.Equal(place + 1, Broken(changed));
        });

    [Fact]
    public void What_is_taken_out_or_changes_places_is_found() =>
        Gen.Select(Gen.Int[2, 12], Gen.Int[0, 10]).Where((count, place) => place < count - 1).Sample((count, place) =>
        {
            var chain = Chain(count);
            var shorter = chain.Where((_, at) => at != place).ToList();
            Assert.Equal(place + 1, Broken(shorter));

            var swapped = chain.ToList();
            (swapped[place], swapped[place + 1]) = (swapped[place + 1] with { Seq = place + 1 }, swapped[place] with { Seq = place + 2 });
            Assert.Equal(place + 1, Broken(swapped));
        });

    [Fact]
    public void Without_the_key_nobody_makes_a_chain_that_fits() =>
        Assert.Equal(1, AuditChain.FirstBroken([[1, 2, 4]], "acme", 0, AuditChain.Start, Chain(3)));

    [Fact]
    public void The_chain_of_one_tenant_is_none_of_another() =>
        Assert.Equal(1, AuditChain.FirstBroken([Key], "other", 0, AuditChain.Start, Chain(3)));

    [Fact]
    public void An_entry_follows_under_any_key_of_ours() =>
        Assert.Null(AuditChain.FirstBroken([[1, 2, 4], Key], "acme", 0, AuditChain.Start, Chain(3)));

    [Fact]
    public void The_seal_of_an_end_fits_no_other_end_tenant_or_key()
    {
        var chain = Chain(3);
        var seal = AuditChain.Seal(Key, "acme", 3, chain[2].Hash);

        Assert.Equal(seal, AuditChain.Seal(Key, "acme", 3, chain[2].Hash));
        byte[][] others =
        [
            AuditChain.Seal(Key, "acme", 2, chain[2].Hash), AuditChain.Seal(Key, "acme", 3, chain[1].Hash), AuditChain.Seal(Key, "other", 3, chain[2].Hash),
            AuditChain.Seal([1, 2, 4], "acme", 3, chain[2].Hash), chain[2].Hash,
        ];
        Assert.All(others, other => Assert.NotEqual(seal, other));
    }

    private static long? Broken(IEnumerable<AuditRow> rows) => AuditChain.FirstBroken([Key], "acme", 0, AuditChain.Start, rows);

    private static List<AuditRow> Chain(int count)
    {
        var (rows, hash) = (new List<AuditRow>(), AuditChain.Start);
        for (var seq = 1; seq <= count; seq++)
        {
            var row = new AuditRow(
                seq, Guid.NewGuid(), At.AddSeconds(seq), "role.created", "user", Guid.NewGuid(), null, null, Guid.NewGuid(), """{"a":1}""", "203.0.113.7", []);
            hash = AuditChain.Hash(Key, "acme", hash, row);
            rows.Add(row with { Hash = hash });
        }

        return rows;
    }
}
