using Xunit;

namespace HyperCore.Tests.Machine;

/// <summary>Tests that boot a machine: one at a time, and not beside other tests.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MachineCollection
{
    /// <summary>What the test classes say.</summary>
    public const string Name = "Machine";

    /// <summary>The trait by which scripts/test.sh tells these tests from unit tests.</summary>
    public const string Trait = "Kind";
}
