namespace HyperCore.Core.Devices;

/// <summary>The registers of the local APIC as the guest reads and writes them, whichever way it comes.</summary>
public sealed partial class LocalApic
{
    private const int TimerEntry = 0;
    private const int Lint0Entry = 3;
    private const int Lint1Entry = 4;
    private const int ErrorEntry = 5;
    private const int LvtEntries = 6;

    private const uint LvtMasked = 1u << 16;
    private const uint LvtLevel = 1u << 15;
    private const uint LvtRemoteIrr = 1u << 14;
    private const uint LvtModeMask = 7u << 8;
    private const uint LvtModeNmi = 4u << 8;
    private const uint LvtModeExtInt = 7u << 8;

    private const uint SpuriousEnabled = 1u << 8;
    private const uint SpuriousWritable = 0x3FF;
    private const byte FirstLegalVector = 16;

    /// <summary>An integrated APIC (14h) with six LVT entries, that does not offer to hold EOI broadcasts back.</summary>
    private const uint VersionValue = ((LvtEntries - 1) << 16) | 0x14;

    private const uint InterruptCommandTop = ApicRegister.InterruptCommandLow + 4;

    /// <summary>Registers that xAPIC mode can read: bit N is the one at N * 10h (Intel SDM vol. 3A, table 11-1).</summary>
    private const ulong PageReadable = X2ApicReadable | (1ul << (int)(ApicRegister.ArbitrationPriority >> 4)) | (1ul << (int)(ApicRegister.EndOfInterrupt >> 4))
        | (1ul << (int)(ApicRegister.DestinationFormat >> 4)) | (1ul << (int)(ApicRegister.InterruptCommandHigh >> 4));

    private ApicError _pendingErrors;
    private bool _lint0RemoteIrr;

    /// <summary>Fixed interrupts are accepted: not disabled in IA32_APIC_BASE, and bit 8 of SVR is set.</summary>
    internal bool IsSoftwareEnabled => (_registers[ApicRegister.SpuriousVector] & SpuriousEnabled) != 0 && IsGloballyEnabled;

    private uint X2ApicLogicalId => ((_initialId >> 4) << 16) | (1u << (int)(_initialId & 0xF));

    // In x2APIC mode the register at 300h has 64 bits (11.12.9).
    private ulong InterruptCommandValue => _registers[ApicRegister.InterruptCommandLow]
        | ((ulong)_registers[IsX2Apic ? InterruptCommandTop : ApicRegister.InterruptCommandHigh] << 32);

    private uint Lvt(int entry) => _registers[ApicRegister.LvtTimer + ((uint)entry << 4)];

    private void SetLvt(int entry, uint value) => _registers[ApicRegister.LvtTimer + ((uint)entry << 4)] = value;

    private uint ReadRegister(uint register)
    {
        if (register >= ApicRegisterPage.Size || (PageReadable >> (int)(register >> 4) & 1) == 0)
        {
            ReportError(ApicError.IllegalRegisterAddress);
            return 0;
        }

        return register switch
        {
            ApicRegister.ArbitrationPriority => (uint)ArbitrationPriority,
            ApicRegister.CurrentCount => _timer.CurrentCount,
            _ => _registers[register],
        };
    }

    private void WriteRegister(uint register, uint value)
    {
        switch (register)
        {
            case ApicRegister.Id:
                _registers[register] = value & 0xFF00_0000;
                return;
            case ApicRegister.TaskPriority:
                // The processor's CR8 follows at the next entry.
                TaskPriority = (byte)value;
                ServiceNeeded = true;
                return;
            case ApicRegister.EndOfInterrupt:
                EndOfInterrupt();
                return;
            case ApicRegister.LogicalDestination:
                _registers[register] = value & 0xFF00_0000;
                return;
            case ApicRegister.DestinationFormat:
                _registers[register] = value | 0x0FFF_FFFF;
                return;
            case ApicRegister.SpuriousVector:
                WriteSpuriousVector(value & SpuriousWritable);
                return;
            case ApicRegister.ErrorStatus:
                // A write makes visible what was collected since the last one (Intel SDM vol. 3A, 11.5.3).
                _registers[register] = (uint)_pendingErrors;
                _pendingErrors = ApicError.None;
                return;
            case ApicRegister.InterruptCommandLow:
                _registers[register] = value & InterruptCommand.WritableLow;
                SendIpi();
                return;
            case ApicRegister.InterruptCommandHigh:
                _registers[register] = value & 0xFF00_0000;
                return;
            case ApicRegister.InitialCount:
                _timer.InitialCount = value;
                ShowInitialCount();
                return;
            case ApicRegister.DivideConfiguration:
                _timer.DivideConfiguration = value;
                _registers[register] = _timer.DivideConfiguration;
                return;
        }

        if (register is >= ApicRegister.LvtTimer and <= ApicRegister.LvtError)
        {
            WriteLvt((int)((register - ApicRegister.LvtTimer) >> 4), value);
        }
        else if (!IsReadOnly(register))
        {
            ReportError(ApicError.IllegalRegisterAddress);
        }
    }

    /// <summary>Bits of an LVT entry that can be written (Intel SDM vol. 3A, figure 11-8).</summary>
    private static uint LvtWritable(int entry) => entry switch
    {
        TimerEntry => 0x7_00FF,
        Lint0Entry or Lint1Entry => 0x1_A7FF,
        ErrorEntry => 0x1_00FF,
        _ => 0x1_07FF,
    };

    private static bool IsReadOnly(uint register) =>
        register is ApicRegister.Version or ApicRegister.ArbitrationPriority or ApicRegister.ProcessorPriority or ApicRegister.CurrentCount
            or (>= ApicRegister.InService and < ApicRegister.ErrorStatus);

    private void WriteSpuriousVector(uint value)
    {
        _registers[ApicRegister.SpuriousVector] = value;
        if ((value & SpuriousEnabled) != 0)
        {
            return;
        }

        // Software-disabled: every LVT entry is masked and stays so (Intel SDM vol. 3A, 11.4.7.2).
        for (int i = 0; i < LvtEntries; i++)
        {
            WriteLvt(i, Lvt(i));
        }
    }

    private void WriteLvt(int entry, uint value)
    {
        value &= LvtWritable(entry);
        if ((_registers[ApicRegister.SpuriousVector] & SpuriousEnabled) == 0)
        {
            value |= LvtMasked;
        }

        if (entry == TimerEntry)
        {
            // First the timer: an expiry that is due belongs to the old entry.
            _timer.Configure((LocalApicTimerMode)((value >> 17) & 3), (value & LvtMasked) != 0);
            SetLvt(entry, value);
            ShowInitialCount();
            return;
        }

        bool level = IsLevelTriggered(entry, value);
        SetLvt(entry, value);
        if (entry == Lint0Entry)
        {
            _lint0RemoteIrr &= level;
            ShowRemoteIrr();
        }

        if (entry == Lint0Entry && _lint0)
        {
            ServiceNeeded = true;
            if (level)
            {
                OnPinChanged(entry, asserted: true);
            }
        }
    }

    private void SendIpi()
    {
        var command = new InterruptCommand(InterruptCommandValue);
        DeliveryMode mode = command.DeliveryMode;

        // INIT level de-assert synchronised arbitration IDs on the serial APIC bus and does nothing since (Intel SDM vol. 3A, 11.6.1).
        if (mode is DeliveryMode.Reserved or DeliveryMode.ExtInt
            || (mode == DeliveryMode.Init && command.LevelTriggered && !command.Asserted))
        {
            return;
        }

        if (mode is DeliveryMode.Fixed or DeliveryMode.LowestPriority && command.Vector < FirstLegalVector)
        {
            ReportError(ApicError.SendIllegalVector);
            return;
        }

        _bus.SendIpi(this, command, IsX2Apic ? command.X2ApicDestination : command.XApicDestination);
    }

    private void OnPinChanged(int entry, bool asserted)
    {
        uint lvt = Lvt(entry);
        if (!IsGloballyEnabled)
        {
            // The pins are INTR and NMI then (Intel SDM vol. 3A, 11.4.3); INTR is a level that ExternalInterruptPending shows.
            NmiPending |= entry == Lint1Entry && asserted;
            ServiceNeeded = true;
            return;
        }

        if (!asserted || (lvt & LvtMasked) != 0)
        {
            return;
        }

        if (IsLevelTriggered(entry, lvt))
        {
            if (!_lint0RemoteIrr && AcceptVector((byte)lvt, levelTriggered: true))
            {
                _lint0RemoteIrr = true;
                if (!_isProcessors)
                {
                    ShowRemoteIrr();
                }
            }
        }
        else
        {
            DeliverLocal(entry);
        }
    }

    /// <summary>At the EOI a level-triggered LINT0 that is still asserted asks again. LINT1 is always an edge (Intel SDM vol. 3A, 11.5.1).</summary>
    private void EndLevelOnLint(byte vector)
    {
        if (_lint0RemoteIrr && (byte)Lvt(Lint0Entry) == vector)
        {
            _lint0RemoteIrr = false;
            OnPinChanged(Lint0Entry, _lint0);
            ShowRemoteIrr();
        }
    }

    private void ShowRemoteIrr()
    {
        uint lvt = Lvt(Lint0Entry);
        SetLvt(Lint0Entry, _lint0RemoteIrr ? lvt | LvtRemoteIrr : lvt & ~LvtRemoteIrr);
    }

    // What the timer made of it: in TSC-deadline mode there is none.
    private void ShowInitialCount() => _registers[ApicRegister.InitialCount] = _timer.InitialCount;

    private static bool IsLevelTriggered(int entry, uint lvt) => entry == Lint0Entry && (lvt & (LvtLevel | LvtModeMask)) == LvtLevel;

    private void DeliverLocal(int entry)
    {
        uint lvt = Lvt(entry);
        if ((lvt & LvtMasked) != 0)
        {
            return;
        }

        // The timer and error entries have no delivery mode: the bits are zero, which is fixed.
        var mode = (DeliveryMode)((lvt & LvtModeMask) >> 8);
        if (mode == DeliveryMode.ExtInt)
        {
            // A level, not a message: ExternalInterruptPending follows the pin.
            ServiceNeeded = true;
        }
        else if (mode is DeliveryMode.Fixed or DeliveryMode.Nmi or DeliveryMode.Init)
        {
            Accept(mode, (byte)lvt, levelTriggered: false);
        }
    }

    private void ReportError(ApicError error)
    {
        // An error that is already collected gives no second interrupt; so an illegal vector in the error entry itself ends here.
        if ((_pendingErrors & error) == 0)
        {
            _pendingErrors |= error;
            DeliverLocal(ErrorEntry);
        }
    }

    /// <summary>The state after power-on and INIT, but for ID and IA32_APIC_BASE (Intel SDM vol. 3A, 11.4.7.1).</summary>
    private void ResetRegisters()
    {
        _posted.Clear();
        _postedLevels.Clear();
        _registers.ClearAllBut(ApicRegister.Id);
        _registers[ApicRegister.Version] = VersionValue;
        _registers[ApicRegister.LogicalDestination] = IsX2Apic ? X2ApicLogicalId : 0;
        _registers[ApicRegister.DestinationFormat] = 0xFFFF_FFFF;
        _registers[ApicRegister.SpuriousVector] = 0xFF;
        for (int i = 0; i < LvtEntries; i++)
        {
            SetLvt(i, LvtMasked);
        }

        _pendingErrors = ApicError.None;
        _lint0RemoteIrr = false;
        _externalMessage = false;
        NmiPending = false;
        _timer.Reset();
    }
}
