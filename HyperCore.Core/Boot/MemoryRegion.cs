namespace HyperCore.Core.Boot;

/// <summary>A range of guest-physical address space as a kernel is told of it (ACPI 6.5, 15.1, the E820 map).</summary>
/// <param name="start">First address.</param>
/// <param name="length">Length in bytes.</param>
/// <param name="type">What it is, see the constants.</param>
public readonly struct MemoryRegion(ulong start, ulong length, uint type)
{
    /// <summary>Type of RAM that the kernel may use.</summary>
    public const uint Ram = 1;

    /// <summary>Type of address space that the kernel must leave alone.</summary>
    public const uint Reserved = 2;

    /// <summary>First address.</summary>
    public readonly ulong Start = start;

    /// <summary>Length in bytes.</summary>
    public readonly ulong Length = length;

    /// <summary><see cref="Ram"/> or <see cref="Reserved"/>.</summary>
    public readonly uint Type = type;
}
