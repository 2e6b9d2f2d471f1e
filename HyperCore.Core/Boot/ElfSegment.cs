namespace HyperCore.Core.Boot;

/// <summary>A PT_LOAD program header of an ELF file. Nothing in it has been checked.</summary>
/// <param name="offset">p_offset.</param>
/// <param name="fileSize">p_filesz.</param>
/// <param name="memorySize">p_memsz.</param>
/// <param name="virtualAddress">p_vaddr.</param>
/// <param name="physicalAddress">p_paddr.</param>
internal readonly struct ElfSegment(ulong offset, ulong fileSize, ulong memorySize, ulong virtualAddress, ulong physicalAddress)
{
    public readonly ulong Offset = offset;

    public readonly ulong FileSize = fileSize;

    public readonly ulong MemorySize = memorySize;

    public readonly ulong VirtualAddress = virtualAddress;

    public readonly ulong PhysicalAddress = physicalAddress;
}
