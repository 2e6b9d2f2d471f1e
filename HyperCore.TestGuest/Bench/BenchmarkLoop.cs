namespace HyperCore.TestGuest.Bench;

/// <summary>An operation in a loop, and the same loop without it.</summary>
internal readonly unsafe struct BenchmarkLoop(string name, delegate*<uint, ulong> operation, delegate*<uint, ulong> empty, bool interrupts = false)
{
    /// <summary>The word on the command line that selects it.</summary>
    public readonly string Name = name;

    public readonly delegate*<uint, ulong> Operation = operation;

    public readonly delegate*<uint, ulong> Empty = empty;

    /// <summary>Each operation causes one interrupt.</summary>
    public readonly bool Interrupts = interrupts;
}
