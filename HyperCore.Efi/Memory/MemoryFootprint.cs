namespace HyperCore.Efi.Memory;

/// <summary>How much memory HyperCore takes for itself, in bytes.</summary>
public sealed class MemoryFootprint
{
    /// <summary>The image: code, constants, statics.</summary>
    public ulong Image { get; init; }

    /// <summary>The stacks with their guard pages.</summary>
    public ulong Stacks { get; init; }

    /// <summary>The heap, used or not.</summary>
    public ulong Heap { get; init; }

    /// <summary>HyperCore's own page tables, used or not.</summary>
    public ulong PageTables { get; init; }

    /// <summary>Everything together.</summary>
    public ulong Total => Image + Stacks + Heap + PageTables;
}
