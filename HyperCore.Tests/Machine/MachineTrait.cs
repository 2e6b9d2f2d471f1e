namespace HyperCore.Tests.Machine;

/// <summary>
/// The trait by which scripts/test.sh tells tests that boot a machine from unit tests. It runs them in a process of their own, the classes beside
/// one another: a machine keeps one processor busy.
/// </summary>
internal static class MachineTrait
{
    /// <summary>The trait's name.</summary>
    public const string Name = "Kind";

    /// <summary>Its value.</summary>
    public const string Value = "Machine";
}
