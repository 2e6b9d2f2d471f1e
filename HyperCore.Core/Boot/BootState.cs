using HyperCore.Core.Processor;

namespace HyperCore.Core.Boot;

/// <summary>
/// The state in which the boot processor enters a kernel. A loader fills it; <see cref="Apply"/> puts it into a vCPU, as often as the VM
/// is started.
/// </summary>
public sealed unsafe class BootState
{
    // CR0, AMD APM vol. 2, 3.1.1.
    private const ulong Cr0ProtectionEnable = 1;
    private const ulong Cr0ExtensionType = 1 << 4;
    private const ulong Cr0Paging = 1ul << 31;

    // CR4, AMD APM vol. 2, 3.1.3.
    private const ulong Cr4PhysicalAddressExtension = 1 << 5;

    // EFER, AMD APM vol. 2, 3.1.7.
    private const ulong EferLongModeEnable = 1 << 8;
    private const ulong EferLongModeActive = 1 << 10;

    // Packed attributes, see Segment: present, S, accessed; code is execute/read, data read/write.
    private const ushort Code64Attributes = 0xA9B;
    private const ushort Code32Attributes = 0xC9B;
    private const ushort DataAttributes = 0xC93;
    private const ushort BusyTaskAttributes = 0x08B;

    private const ulong RflagsReserved = 2;
    private const uint FlatLimit = 0xFFFF_FFFF;
    private const ushort GdtLimit = (4 * 8) - 1;

    /// <summary>The processor is in 64-bit mode with paging on; otherwise in 32-bit protected mode with paging off.</summary>
    public bool IsLongMode { get; private set; }

    /// <summary>The first instruction.</summary>
    public ulong Rip { get; private set; }

    /// <summary>RAX at entry.</summary>
    public ulong Rax { get; private set; }

    /// <summary>RBX at entry.</summary>
    public ulong Rbx { get; private set; }

    /// <summary>RSI at entry.</summary>
    public ulong Rsi { get; private set; }

    /// <summary>Guest-physical address of the PML4 when <see cref="IsLongMode"/>.</summary>
    public ulong Cr3 { get; private set; }

    /// <summary>CR0 at entry.</summary>
    public ulong Cr0 => Cr0ProtectionEnable | Cr0ExtensionType | (IsLongMode ? Cr0Paging : 0);

    /// <summary>CR4 at entry.</summary>
    public ulong Cr4 => IsLongMode ? Cr4PhysicalAddressExtension : 0;

    /// <summary>EFER at entry.</summary>
    public ulong Efer => IsLongMode ? EferLongModeEnable | EferLongModeActive : 0;

    /// <summary>Code segment descriptor as it stands in the GDT in memory.</summary>
    internal ulong CodeDescriptor => IsLongMode ? 0x00AF_9B00_0000_FFFFul : 0x00CF_9B00_0000_FFFFul;

    /// <summary>Data segment descriptor as it stands in the GDT in memory.</summary>
    internal static ulong DataDescriptor => 0x00CF_9300_0000_FFFF;

    /// <summary>Puts the vCPU into this state; interrupts are off, and everything not named here is as after INIT.</summary>
    public void Apply(VirtualProcessor cpu)
    {
        cpu.Reset();
        cpu.Efer = Efer;
        cpu.Cr4 = Cr4;
        cpu.Cr3 = Cr3;
        cpu.Cr0 = Cr0;

        var data = new Segment(BootLayout.DataSelector, DataAttributes, FlatLimit, 0);
        cpu.SetSegment(SegmentRegister.Cs, new Segment(BootLayout.CodeSelector, IsLongMode ? Code64Attributes : Code32Attributes, FlatLimit, 0));
        cpu.SetSegment(SegmentRegister.Ds, data);
        cpu.SetSegment(SegmentRegister.Es, data);
        cpu.SetSegment(SegmentRegister.Fs, data);
        cpu.SetSegment(SegmentRegister.Gs, data);
        cpu.SetSegment(SegmentRegister.Ss, data);

        // A processor in long mode must have a busy TSS in TR (Intel SDM vol. 3C, 27.3.1.2); nothing uses it before the kernel loads its own.
        cpu.SetSegment(SegmentRegister.Tr, new Segment(0, BusyTaskAttributes, 0x67, 0));
        cpu.SetSegment(SegmentRegister.Gdtr, new Segment(0, 0, GdtLimit, BootLayout.Gdt));
        cpu.SetSegment(SegmentRegister.Idtr, new Segment(0, 0, 0, 0));

        GuestRegisters* registers = cpu.Registers;
        for (int i = 0; i < 16; i++)
        {
            registers->General[i] = 0;
        }

        registers->Rax = Rax;
        registers->Rbx = Rbx;
        registers->Rsi = Rsi;
        cpu.Rflags = RflagsReserved;
        cpu.Rip = Rip;
    }

    internal void SetLinux64(ulong entry, ulong zeroPage, ulong pml4)
    {
        IsLongMode = true;
        Rip = entry;
        Rax = 0;
        Rbx = 0;
        Rsi = zeroPage;
        Cr3 = pml4;
    }

    internal void SetMultiboot(uint entry, uint magic, uint information)
    {
        IsLongMode = false;
        Rip = entry;
        Rax = magic;
        Rbx = information;
        Rsi = 0;
        Cr3 = 0;
    }
}
