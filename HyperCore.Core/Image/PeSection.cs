namespace HyperCore.Core.Image;

/// <summary>One section of a PE image as it lies in memory.</summary>
/// <param name="name">The eight bytes of the name as they are in the header, first character in the lowest byte.</param>
/// <param name="offset">Offset of the first byte from the image base (RVA).</param>
/// <param name="length">Bytes in memory.</param>
/// <param name="characteristics">IMAGE_SCN_* flags.</param>
public readonly struct PeSection(ulong name, uint offset, uint length, uint characteristics)
{
    private const uint MemoryExecute = 0x2000_0000;
    private const uint MemoryWrite = 0x8000_0000;

    /// <summary>The eight bytes of the name, first character in the lowest byte.</summary>
    public readonly ulong Name = name;

    /// <summary>Offset of the first byte from the image base (RVA).</summary>
    public readonly uint Offset = offset;

    /// <summary>Bytes in memory.</summary>
    public readonly uint Length = length;

    /// <summary>IMAGE_SCN_* flags.</summary>
    public readonly uint Characteristics = characteristics;

    /// <summary>IMAGE_SCN_MEM_EXECUTE.</summary>
    public bool IsExecutable => (Characteristics & MemoryExecute) != 0;

    /// <summary>IMAGE_SCN_MEM_WRITE.</summary>
    public bool IsWritable => (Characteristics & MemoryWrite) != 0;
}
