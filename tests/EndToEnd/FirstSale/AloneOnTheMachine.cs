namespace ServerlessBusiness.Tests.EndToEnd.FirstSale;

/// <summary>Its suites start five apps each and kill them in the middle of their work; beside other stacks they would only wait.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneOnTheMachine
{
    public const string Name = "first sale";
}
