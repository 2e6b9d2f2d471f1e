using System.Runtime.CompilerServices;
using HyperCore.Core.Processor;
using HyperCore.Efi.Cpu;

namespace HyperCore.Efi.Vmx;

/// <summary>The registers of a vCPU. What handlers ask for more than once at an exit is read from the VMCS once.</summary>
internal sealed unsafe partial class VmxVirtualProcessor
{
    // Bits of CR0 that the guest does not own (Intel SDM vol. 3C, 25.6.6): those that VMX operation wants set, and the two that entries and exits
    // do not exchange, so that they would stay in force in the host.
    private const ulong Cr0ProtectionEnable = 1;
    private const ulong Cr0Paging = 1ul << 31;
    private const ulong Cr0UnrestrictedBits = Cr0ProtectionEnable | Cr0Paging;
    private const ulong Cr0NotWriteThrough = 1ul << 29;
    private const ulong Cr0CacheDisable = 1ul << 30;

    // VME, PVI, TSD, DE, PSE, PAE, PGE, PCE, OSFXSR, OSXMMEXCPT, UMIP, FSGSBASE, PCIDE, OSXSAVE, SMEP, SMAP. With any other bit a guest could leave
    // what CPUID tells it, or harm the host.
    private const ulong Cr4GuestBits = 0x0037_0FBF;
    private const ulong Cr4MachineCheckEnable = 1ul << 6;

    private const int KnownCr0 = 1;
    private const int KnownCr3 = 2;
    private const int KnownCr4 = 4;
    private const int KnownEfer = 8;
    private const int KnownCode = 16;
    private const ulong EferLongModeActive = 1ul << 10;

    private readonly ulong _cr0Mask;
    private readonly ulong _cr4Mask;
    private int _known;
    private ulong _cr0;
    private ulong _cr3;
    private ulong _cr4;
    private ulong _efer;
    private ushort _codeAttributes;
    private ulong _cr0Shadow;
    private ulong _cr4Shadow;

    /// <inheritdoc/>
    public override ulong Rip
    {
        get => _frame->Rip;
        set => _frame->Rip = value;
    }

    /// <inheritdoc/>
    public override ulong Rflags
    {
        get => _frame->Rflags;
        set
        {
            _frame->Rflags = value;
            Write(VmcsField.GuestRflags, value);
        }
    }

    /// <inheritdoc/>
    public override ulong Cr0
    {
        get
        {
            if ((_known & KnownCr0) == 0)
            {
                _cr0 = (Read(VmcsField.GuestCr0) & ~_cr0Mask) | (_cr0Shadow & _cr0Mask);
                _known |= KnownCr0;
            }

            return _cr0;
        }

        set
        {
            _cr0 = value;
            _known |= KnownCr0;
            SetCr0Shadow(value);
            Write(VmcsField.GuestCr0, (value & ~_cr0Mask) | (_capabilities.Cr0Fixed0 & ~Cr0UnrestrictedBits));
            _pendingEvents |= FlushLinear;
        }
    }

    /// <summary>CR2, which stays in the processor: nothing faults in the host.</summary>
    public override ulong Cr2
    {
        get => _isLoaded ? Intrinsics.ReadCr2() : _cr2;
        set
        {
            _cr2 = value;
            if (_isLoaded)
            {
                Intrinsics.WriteCr2(value);
            }
        }
    }

    /// <inheritdoc/>
    public override ulong Cr3
    {
        get
        {
            if ((_known & KnownCr3) == 0)
            {
                _cr3 = Read(VmcsField.GuestCr3);
                _known |= KnownCr3;
            }

            return _cr3;
        }

        set
        {
            _cr3 = value;
            _known |= KnownCr3;
            Write(VmcsField.GuestCr3, value);
            _pendingEvents |= FlushLinear;
        }
    }

    /// <inheritdoc/>
    public override ulong Cr4
    {
        get
        {
            if ((_known & KnownCr4) == 0)
            {
                _cr4 = (Read(VmcsField.GuestCr4) & ~_cr4Mask) | (_cr4Shadow & _cr4Mask);
                _known |= KnownCr4;
            }

            return _cr4;
        }

        set
        {
            _cr4 = value;
            _known |= KnownCr4;
            SetCr4Shadow(value);
            Write(VmcsField.GuestCr4, (value & ~_cr4Mask) | _capabilities.Cr4Fixed0 | (Cr4MachineCheckEnable & _capabilities.Cr4Fixed1));
            _pendingEvents |= FlushLinear;
        }
    }

    /// <summary>DR6, which stays in the processor.</summary>
    public override ulong Dr6
    {
        get => _isLoaded ? Intrinsics.ReadDr6() : _dr6;
        set
        {
            _dr6 = value;
            if (_isLoaded)
            {
                Intrinsics.WriteDr6(value);
            }
        }
    }

    /// <summary>EFER; with LMA goes the entry control "IA-32e mode guest" (Intel SDM vol. 3C, 27.3.1.1).</summary>
    public override ulong Efer
    {
        get
        {
            if ((_known & KnownEfer) == 0)
            {
                _efer = Read(VmcsField.GuestEfer);
                _known |= KnownEfer;
            }

            return _efer;
        }

        set
        {
            _efer = value;
            _known |= KnownEfer;
            Write(VmcsField.GuestEfer, value);
            Write(VmcsField.EntryControls, _capabilities.EntryControls | ((value & EferLongModeActive) != 0 ? EntryControl.Ia32eModeGuest : 0));
            _pendingEvents |= FlushLinear;
        }
    }

    /// <inheritdoc/>
    protected override void SetPat(ulong value) => Write(VmcsField.GuestPat, value);

    /// <summary>The DPL of SS, also when SS is unusable (Intel SDM vol. 3C, 25.4.1).</summary>
    public override int Cpl => (int)(Read(VmcsField.GuestSsAccessRights) >> 5) & 3;

    /// <inheritdoc/>
    public override bool InterruptShadow
    {
        get => (_frame->Interruptibility & ShadowMask) != 0;
        set => SetInterruptibility((_frame->Interruptibility & ~ShadowMask) | (value ? 2u : 0));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public override bool Retire(ulong nextRip)
    {
        VmxFrame* frame = _frame;
        if ((nextRip ^ frame->Rip) >> 32 != 0)
        {
            nextRip = Wrap(nextRip);
        }

        frame->Rip = nextRip;
        if ((frame->Interruptibility & ShadowMask) != 0)
        {
            SetInterruptibility(frame->Interruptibility & ~ShadowMask);
        }

        return (frame->Rflags & TrapOrResume) != 0;
    }

    /// <inheritdoc/>
    public override int TaskPriority
    {
        get => _virtualApic[TaskPriorityOffset] >> 4;
        set
        {
            _virtualApic[TaskPriorityOffset] = (byte)(value << 4);
            SetWindow();
        }
    }

    /// <inheritdoc/>
    public override ulong TscOffset
    {
        get => _tscOffset;
        set
        {
            _tscOffset = value;
            Write(VmcsField.TscOffset, HostTscOffset());
        }
    }

    /// <inheritdoc/>
    public override ulong NestedRoot
    {
        set
        {
            _eptPointer = _capabilities.EptPointer(value);
            Write(VmcsField.EptPointer, _eptPointer);
            FlushTlb();
        }
    }

    /// <inheritdoc/>
    public override ulong Xcr0
    {
        get => _extendedState.Xcr0;
        set => _extendedState.Xcr0 = value;
    }

    /// <inheritdoc/>
    public override uint TscAux
    {
        get => _extendedState.TscAux;
        set => _extendedState.TscAux = value;
    }

    /// <inheritdoc/>
    public override Segment GetSegment(SegmentRegister register)
    {
        if (register is SegmentRegister.Gdtr or SegmentRegister.Idtr)
        {
            uint table = register == SegmentRegister.Gdtr ? 0u : 2;
            return new Segment(0, 0, (uint)Read(VmcsField.GuestGdtrLimit + table), Read(VmcsField.GuestGdtrBase + table));
        }

        uint field = FieldOf(register);
        return new Segment(
            (ushort)Read(VmcsField.GuestEsSelector + field), SegmentRights.ToAttributes((uint)Read(VmcsField.GuestEsAccessRights + field)),
            (uint)Read(VmcsField.GuestEsLimit + field), Read(VmcsField.GuestEsBase + field));
    }

    /// <inheritdoc/>
    public override void SetSegment(SegmentRegister register, Segment value)
    {
        if (register is SegmentRegister.Gdtr or SegmentRegister.Idtr)
        {
            uint table = register == SegmentRegister.Gdtr ? 0u : 2;
            Write(VmcsField.GuestGdtrLimit + table, value.Limit & 0xFFFF);
            Write(VmcsField.GuestGdtrBase + table, value.Base);
            return;
        }

        uint field = FieldOf(register);
        Write(VmcsField.GuestEsSelector + field, value.Selector);
        Write(VmcsField.GuestEsAccessRights + field, SegmentRights.FromSegment(value));
        Write(VmcsField.GuestEsLimit + field, value.Limit);
        Write(VmcsField.GuestEsBase + field, value.Base);
        _known &= ~KnownCode;
    }

    /// <inheritdoc/>
    public override ushort CodeAttributes
    {
        get
        {
            if ((_known & KnownCode) == 0)
            {
                _codeAttributes = SegmentRights.ToAttributes((uint)Read(VmcsField.GuestCsAccessRights));
                _known |= KnownCode;
            }

            return _codeAttributes;
        }
    }

    /// <inheritdoc/>
    public override ulong GetSegmentBase(SegmentRegister register) => register switch
    {
        SegmentRegister.Gdtr => Read(VmcsField.GuestGdtrBase),
        SegmentRegister.Idtr => Read(VmcsField.GuestIdtrBase),
        _ => Read(VmcsField.GuestEsBase + FieldOf(register)),
    };

    // The fields of a segment lie at the same distance from those of ES.
    private static uint FieldOf(SegmentRegister register) =>
        2 * (register == SegmentRegister.Ldtr ? 6u : register == SegmentRegister.Tr ? 7u : (uint)register);

    // RIP crosses a multiple of 4 GiB. Outside 64-bit mode it has 32 bits, and entries insist on it (Intel SDM vol. 3C, 27.3.1.4).
    private ulong Wrap(ulong rip) =>
        (Efer & EferLongModeActive) != 0 && (CodeAttributes & Segment.LongAttribute) != 0 ? rip : (uint)rip;

    private void SetCr0Shadow(ulong value)
    {
        _cr0Shadow = value;
        Write(VmcsField.Cr0Shadow, value);
    }

    private void SetCr4Shadow(ulong value)
    {
        _cr4Shadow = value;
        Write(VmcsField.Cr4Shadow, value);
    }

    private void SetInterruptibility(ulong value)
    {
        _frame->Interruptibility = value;
        Write(VmcsField.Interruptibility, value);
    }

    // The guest's counter goes on when the vCPU moves to a pCPU whose own is ahead.
    private ulong HostTscOffset() => _tscOffset - (ulong)(_home == null ? 0 : _home.TscOffset);
}
