using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using HyperCore.Core.Paging;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Memory;
using HyperCore.Efi.Panic;

namespace HyperCore.Efi.Pcpus;

/// <summary>
/// The two pages below 1 MiB that application processors begin in: the code of Assembly/Trampoline.asm, and a copy of the root of HyperCore's page
/// tables, because CR3 takes only 32 bits before long mode. The code's page is writable or executable, never both, and in the end neither.
/// </summary>
internal sealed unsafe class Trampoline
{
    /// <summary>Pages needed.</summary>
    public const int PageCount = 2;

    private const int PageShift = 12;
    private const uint Cr4PhysicalAddressExtension = 1 << 5;
    private const uint Cr4FxSave = 1 << 9;
    private const uint Cr4SimdExceptions = 1 << 10;
    private const uint Cr4FiveLevels = 1 << 12;
    private const uint EferLongMode = 1 << 8;
    private const uint EferNoExecute = 1 << 11;

    // Cache disable and not write-through: INIT may leave them set.
    private const uint Cr0Caches = 0x6000_0000;

    private readonly ulong _address;
    private readonly HostPageTables _tables;

    /// <summary>Fills the pages in. HyperCore's page tables are in force.</summary>
    /// <param name="address">The first page, below 1 MiB.</param>
    /// <param name="tables">HyperCore's page tables.</param>
    public Trampoline(ulong address, HostPageTables tables)
    {
        _address = address;
        _tables = tables;
        new ReadOnlySpan<byte>((void*)tables.Root, (int)HostLayout.PageSize).CopyTo(new Span<byte>((void*)(address + HostLayout.PageSize), (int)HostLayout.PageSize));
        var page = new Span<byte>((void*)address, (int)HostLayout.PageSize);
        page.Clear();
        new ReadOnlySpan<byte>(Code(), Length()).CopyTo(page);

        var parameters = (TrampolineParameters*)(address + TrampolineParameters.Offset);
        parameters->ProtectedOffset += (uint)address;
        parameters->LongOffset += (uint)address;
        parameters->GdtBase += (uint)address;
        parameters->Cr0 = (uint)Intrinsics.ReadCr0() & ~Cr0Caches;
        parameters->Cr3 = (uint)(address + HostLayout.PageSize);
        parameters->Cr4 = Cr4PhysicalAddressExtension | Cr4FxSave | Cr4SimdExceptions | (HostPaging.HasFiveLevels ? Cr4FiveLevels : 0);
        parameters->Efer = EferLongMode | EferNoExecute;
        parameters->Entry = (ulong)Entry();
        Protect(HostPageAccess.Read | HostPageAccess.Execute);
    }

    /// <summary>The number of the page, for the start-up IPI.</summary>
    public byte Page => (byte)(_address >> PageShift);

    /// <summary>Says who the next processor is that comes by.</summary>
    /// <param name="stackTop">The address after its stack's last byte.</param>
    /// <param name="processor">What it runs.</param>
    public static void Expect(ulong stackTop, ApplicationProcessor processor)
    {
        ulong* mailbox = Mailbox();
        mailbox[0] = stackTop;
        mailbox[1] = (ulong)Unsafe.As<ApplicationProcessor, nint>(ref processor);
        Intrinsics.MemoryFence();
    }

    /// <summary>Takes the pages out of the address space: nobody begins there any more.</summary>
    public void Close()
    {
        if (!_tables.Map(_address, PageCount * HostLayout.PageSize, HostPageAccess.None))
        {
            PanicHandler.Stop("The pages that processors start in cannot be unmapped.");
        }

        HostPaging.FlushAll();
    }

    private void Protect(HostPageAccess access)
    {
        // Low memory is mapped by pages, because page 0 is not there: nothing has to be split.
        if (!_tables.Map(_address, HostLayout.PageSize, access))
        {
            PanicHandler.Stop("The page that processors start in cannot be made executable.");
        }

        HostPaging.FlushAll();
    }

    [RuntimeImport("*", "Trampoline_Code")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern byte* Code();

    [RuntimeImport("*", "Trampoline_Length")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int Length();

    [RuntimeImport("*", "Trampoline_Entry")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void* Entry();

    [RuntimeImport("*", "Trampoline_Mailbox")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong* Mailbox();
}
