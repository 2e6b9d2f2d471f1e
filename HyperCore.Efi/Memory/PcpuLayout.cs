using HyperCore.Core.Paging;

namespace HyperCore.Efi.Memory;

/// <summary>
/// The block of memory that application processors need: for each one a part with its stacks, a guard page below each, and the
/// structures with which it runs guests.
/// </summary>
public readonly struct PcpuLayout
{
    /// <summary>Bytes of the stack a processor runs on.</summary>
    public const ulong StackBytes = 32 << 10;

    /// <summary>
    /// Bytes of a processor's pages without guard, at the part's end: SVM's host VMCB and the area VMRUN saves the host's state to, or the VMXON region.
    /// </summary>
    public const ulong VirtualizationBytes = 2 * PageSize;

    /// <summary>Stacks of a processor, those for interrupts included.</summary>
    public const int StackCount = 1 + HostLayout.InterruptStackCount;

    private const ulong PageSize = HostPageTables.PageSize;
    private const ulong PartBytes = PageSize + StackBytes + (HostLayout.InterruptStackCount * (PageSize + HostLayout.InterruptStackBytes)) + VirtualizationBytes;

    /// <summary>Lays the block out.</summary>
    /// <param name="address">Where it begins, page-aligned.</param>
    /// <param name="count">Number of application processors.</param>
    public PcpuLayout(ulong address, int count)
    {
        Address = address;
        Count = count;
    }

    /// <summary>The block's first byte.</summary>
    public ulong Address { get; }

    /// <summary>Number of application processors.</summary>
    public int Count { get; }

    /// <summary>Bytes of the whole block.</summary>
    public ulong TotalBytes => (ulong)Count * PartBytes;

    /// <summary>The address after the last byte of the stack a processor runs on.</summary>
    /// <param name="processor">0 to <see cref="Count"/> - 1.</param>
    public ulong StackTop(int processor) => PartOf(processor) + PageSize + StackBytes;

    /// <summary>The address after the last byte of an interrupt stack.</summary>
    /// <param name="processor">0 to <see cref="Count"/> - 1.</param>
    /// <param name="index">0 to <see cref="HostLayout.InterruptStackCount"/> - 1: IST1 and up in the TSS.</param>
    public ulong InterruptStackTop(int processor, int index) =>
        StackTop(processor) + ((ulong)(index + 1) * (PageSize + HostLayout.InterruptStackBytes));

    /// <summary>The guard page below a stack.</summary>
    /// <param name="processor">0 to <see cref="Count"/> - 1.</param>
    /// <param name="index">0: the stack the processor runs on; then the interrupt stacks.</param>
    public ulong GuardPage(int processor, int index) =>
        index == 0 ? PartOf(processor) : InterruptStackTop(processor, index - 1) - HostLayout.InterruptStackBytes - PageSize;

    /// <summary>The first byte of the structures with which a processor runs guests.</summary>
    /// <param name="processor">0 to <see cref="Count"/> - 1.</param>
    public ulong Virtualization(int processor) => PartOf(processor) + PartBytes - VirtualizationBytes;

    private ulong PartOf(int processor) => Address + ((ulong)processor * PartBytes);
}
