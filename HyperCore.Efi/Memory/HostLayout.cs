using HyperCore.Core.Machine;
using HyperCore.Core.Paging;
using HyperCore.Efi.Cpu;

namespace HyperCore.Efi.Memory;

/// <summary>
/// HyperCore's own block of memory: the relocated image, the stacks with a guard page below each, the heap. Together with the page tables, which
/// depend on the machine, it stays below 8 MiB.
/// </summary>
public readonly struct HostLayout
{
    /// <summary>Bytes of the stack everything runs on once the machine is HyperCore's.</summary>
    public const ulong BootStackBytes = 64 << 10;

    /// <summary>Stacks for exceptions that cannot trust the current one: one for each entry the TSS's interrupt stack table uses.</summary>
    public const int InterruptStackCount = DescriptorTables.StackCount;

    /// <summary>Bytes of each interrupt stack.</summary>
    public const ulong InterruptStackBytes = 16 << 10;

    /// <summary>Bytes of the heap.</summary>
    public const ulong HeapBytes = HeapNeeds.HeapBytes;

    /// <summary>Bytes of a page.</summary>
    public const ulong PageSize = HostPageTables.PageSize;

    private const ulong GuardBytes = PageSize;

    /// <summary>Lays the block out.</summary>
    /// <param name="address">Where it begins, page-aligned.</param>
    /// <param name="imageSize">Bytes of the image in memory.</param>
    public HostLayout(ulong address, ulong imageSize)
    {
        Image = address;
        ImageBytes = HostAddressSpace.RoundUp(imageSize);
    }

    /// <summary>The image's first byte.</summary>
    public ulong Image { get; }

    /// <summary>Bytes of the image in whole pages.</summary>
    public ulong ImageBytes { get; }

    /// <summary>The first guard page; stacks follow, each with a guard page below.</summary>
    public ulong Stacks => Image + ImageBytes;

    /// <summary>Bytes of all stacks with their guard pages.</summary>
    public ulong StackBytes => GuardBytes + BootStackBytes + (InterruptStackCount * (GuardBytes + InterruptStackBytes));

    /// <summary>The address after the boot stack's last byte.</summary>
    public ulong BootStackTop => Stacks + GuardBytes + BootStackBytes;

    /// <summary>The heap's first byte.</summary>
    public ulong Heap => Stacks + StackBytes;

    /// <summary>Bytes of the whole block.</summary>
    public ulong TotalBytes => ImageBytes + StackBytes + HeapBytes;

    /// <summary>Number of stacks, the boot stack included.</summary>
    public static int StackCount => 1 + InterruptStackCount;

    /// <summary>The address after the last byte of an interrupt stack.</summary>
    /// <param name="index">0 to <see cref="InterruptStackCount"/> - 1: IST1 and up in the TSS.</param>
    public ulong InterruptStackTop(int index) => BootStackTop + ((ulong)(index + 1) * (GuardBytes + InterruptStackBytes));

    /// <summary>The guard page below a stack.</summary>
    /// <param name="index">0: the boot stack; then the interrupt stacks.</param>
    public ulong GuardPage(int index) => index == 0 ? Stacks : InterruptStackTop(index - 1) - InterruptStackBytes - GuardBytes;
}
