using HyperCore.Core.Processor;

namespace HyperCore.Efi.Vmx;

/// <summary>
/// Event delivery (Intel SDM vol. 3C, 27.6). What waits to be delivered is kept here, one place a kind, and put into the entry's interruption
/// information one at a time: exceptions first, then NMI, then interrupts. An event whose delivery an exit cut short comes back the same way.
/// </summary>
internal sealed unsafe partial class VmxVirtualProcessor
{
    private const int PendingException = 1;
    private const int PendingNmi = 2;
    private const int PendingInterrupt = 4;
    private const int PendingAny = PendingException | PendingNmi | PendingInterrupt;
    private const int WindowWanted = 8;
    private const int FlushLinear = 16;
    private const int FlushNested = 32;
    private const int FlushAll = FlushLinear | FlushNested;
    private const ulong BlockingByNmi = 8;
    private const int AboveAllClasses = 16;

    // Qualification of a #DB: B0 to B3, BD, BS (table 28-1); DR7.GD is cleared by the delivery (SDM vol. 3B, 18.2.4).
    private const ulong DebugConditions = 0xF;
    private const ulong DebugBits = 0x600F;
    private const ulong GeneralDetect = 1ul << 13;

    // Qualification of a control-register access (table 28-3).
    private const ulong AccessRegisterMask = 0xF;
    private const ulong AccessTypeMask = 0x30;
    private const int AccessSourceShift = 8;

    private int _pendingEvents;
    private ExceptionVector _exceptionVector;
    private uint _exceptionErrorCode;
    private byte _interruptVector;
    private bool _tripleFault;
    private int _windowPriority;
    private int _threshold;
    private uint _processorControls;

    /// <inheritdoc/>
    public override bool EventPending => (_pendingEvents & PendingAny) != 0;

    /// <inheritdoc/>
    public override bool CanTakeInterrupt =>
        (_pendingEvents & PendingAny) == 0 && (_frame->Rflags & InterruptFlag) != 0 && (_frame->Interruptibility & ShadowMask) == 0;

    /// <inheritdoc/>
    public override bool CanTakeNmi => (_pendingEvents & PendingAny) == 0 && (_frame->Interruptibility & (ShadowMask | BlockingByNmi)) == 0;

    /// <inheritdoc/>
    public override void InjectException(ExceptionVector vector, uint errorCode = 0)
    {
        if ((_pendingEvents & PendingException) != 0)
        {
            if (_exceptionVector == ExceptionVector.DoubleFault)
            {
                _tripleFault = true;
                return;
            }

            if (ExceptionRules.MakesDoubleFault(_exceptionVector, vector))
            {
                vector = ExceptionVector.DoubleFault;
                errorCode = 0;
            }
        }

        _pendingEvents |= PendingException;
        _exceptionVector = vector;
        _exceptionErrorCode = errorCode;
    }

    /// <inheritdoc/>
    public override void InjectInterrupt(byte vector)
    {
        _pendingEvents |= PendingInterrupt;
        _interruptVector = vector;
    }

    /// <inheritdoc/>
    public override void InjectNmi() => _pendingEvents |= PendingNmi;

    /// <summary>The NMI window opens behind IRET, so there is nothing left to wait for.</summary>
    public override void EndNmi()
    {
    }

    /// <inheritdoc/>
    public override void RequestInterruptWindow(int priority)
    {
        _pendingEvents |= WindowWanted;
        _windowPriority = priority;
        SetWindow();
    }

    /// <inheritdoc/>
    public override void CancelInterruptWindow()
    {
        _pendingEvents &= ~WindowWanted;
        SetWindow();
    }

    // While CR8 is in the way, the exit comes when the guest lowers it below the threshold, and then the window is asked for. The threshold is never
    // above CR8 at an entry, which the processor demands (27.2.1.1).
    private void SetWindow()
    {
        bool isWanted = (_pendingEvents & WindowWanted) != 0;
        bool isHeld = isWanted && _windowPriority <= TaskPriority;
        SetProcessorControl(ProcessorControl.InterruptWindowExiting, isWanted && !isHeld);
        int threshold = isHeld ? _windowPriority : 0;
        if (threshold != _threshold)
        {
            _threshold = threshold;
            Write(VmcsField.TprThreshold, (ulong)threshold);
        }
    }

    private void SetProcessorControl(uint control, bool value)
    {
        uint controls = value ? _processorControls | control : _processorControls & ~control;
        if (controls != _processorControls)
        {
            _processorControls = controls;
            Write(VmcsField.ProcessorControls, controls);
        }
    }

    /// <summary>Does what has piled up to be done before an entry.</summary>
    /// <returns>False after a triple fault.</returns>
    private bool PrepareEntry()
    {
        if (_tripleFault)
        {
            return false;
        }

        if ((_pendingEvents & FlushAll) != 0)
        {
            Flush();
        }

        if ((_pendingEvents & PendingAny) != 0)
        {
            SetEventInjection();
        }

        return true;
    }

    private void SetEventInjection()
    {
        uint information;
        if ((_pendingEvents & PendingException) != 0)
        {
            _pendingEvents &= ~PendingException;
            information = (byte)_exceptionVector | InterruptionFormat.TypeHardwareException;

            // In real mode no exception pushes an error code, and the entry would fail with one (27.2.1.3).
            if (ExceptionRules.HasErrorCode(_exceptionVector) && (Cr0 & Cr0ProtectionEnable) != 0)
            {
                information |= InterruptionFormat.ErrorCodeValid;
                Write(VmcsField.EntryExceptionErrorCode, _exceptionErrorCode & 0xFFFF);
            }
        }
        else if ((_pendingEvents & PendingNmi) != 0)
        {
            // The processor blocks further ones, and says when their time has come.
            SetProcessorControl(ProcessorControl.NmiWindowExiting, true);
            if ((_frame->Interruptibility & (ShadowMask | BlockingByNmi)) != 0)
            {
                return;
            }

            _pendingEvents &= ~PendingNmi;
            information = (byte)ExceptionVector.Nmi | InterruptionFormat.TypeNmi;
        }
        else if ((_frame->Rflags & InterruptFlag) == 0 || (_frame->Interruptibility & ShadowMask) != 0)
        {
            // An exception that was delivered before it has switched interrupts off: it waits for the handler's end.
            RequestInterruptWindow(AboveAllClasses);
            return;
        }
        else
        {
            _pendingEvents &= ~PendingInterrupt;
            information = _interruptVector | InterruptionFormat.TypeExternalInterrupt;
        }

        Write(VmcsField.EntryInterruptionInfo, information | InterruptionFormat.Valid);
    }

    private void RequeueInterruptedEvent()
    {
        var information = (uint)_frame->IdtVectoringInfo;
        var vector = (byte)(information & InterruptionFormat.VectorMask);
        switch (information & InterruptionFormat.TypeMask)
        {
            case InterruptionFormat.TypeExternalInterrupt:
                InjectInterrupt(vector);
                break;
            case InterruptionFormat.TypeNmi:
                // It has not been delivered after all (27.2.1.3).
                SetInterruptibility(_frame->Interruptibility & ~BlockingByNmi);
                InjectNmi();
                break;
            case InterruptionFormat.TypeHardwareException:
                InjectException(
                    (ExceptionVector)vector,
                    (information & InterruptionFormat.ErrorCodeValid) != 0 ? (uint)VmxAssembly.Read(VmcsField.IdtVectoringErrorCode) : 0);
                break;
            default:
                // INT n, INT1, INT3 and INTO: RIP still points at the instruction, which runs again.
                break;
        }
    }

    private void TakeException()
    {
        var information = (uint)VmxAssembly.Read(VmcsField.ExitInterruptionInfo);
        _frame->InterruptionInfo = information;
        uint type = information & InterruptionFormat.TypeMask;
        if (type == InterruptionFormat.TypeNmi)
        {
            VmxAssembly.RaiseNmi();
            return;
        }

        if ((information & InterruptionFormat.ErrorCodeValid) != 0)
        {
            _frame->InterruptionErrorCode = (uint)VmxAssembly.Read(VmcsField.ExitInterruptionErrorCode);
        }

        var vector = (ExceptionVector)(information & InterruptionFormat.VectorMask);
        if ((information & InterruptionFormat.NmiUnblocking) != 0 && vector != ExceptionVector.DoubleFault
            && (_frame->IdtVectoringInfo & InterruptionFormat.Valid) == 0)
        {
            BlockNmisAgain();
        }

        if (vector == ExceptionVector.Debug)
        {
            TakeDebugException(type);
        }
    }

    // The exit comes before DR6 and DR7 are changed (28.1); INT1 is not behind the instruction yet.
    private void TakeDebugException(uint type)
    {
        Dr6 = (Dr6 & ~DebugConditions) | (_frame->Qualification & DebugBits);
        Write(VmcsField.GuestDr7, Read(VmcsField.GuestDr7) & ~GeneralDetect);
        if (type == InterruptionFormat.TypePrivilegedSoftwareException)
        {
            Rip += _frame->InstructionLength;
        }
    }

    // An IRET that faulted had already ended the blocking; it runs again (28.2.3).
    private void BlockNmisAgain() => SetInterruptibility(_frame->Interruptibility | BlockingByNmi);

    /// <summary>
    /// MOV to CR0 or CR4 changes a bit that the guest does not own. If it may, that bit is changed where the guest sees it, and the instruction runs
    /// again: now only the processor has something to do and to check.
    /// </summary>
    /// <returns>False when it is another access, which should not exit.</returns>
    private bool TryMoveToControlRegister()
    {
        ulong qualification = _frame->Qualification;
        if ((qualification & AccessTypeMask) != 0)
        {
            return false;
        }

        ulong value = Registers->General[(int)(qualification >> AccessSourceShift) & 0xF];
        switch (qualification & AccessRegisterMask)
        {
            case 0 when (value & Cr0NotWriteThrough) != 0 && (value & Cr0CacheDisable) == 0:
            case 4 when ((value ^ _cr4Shadow) & _cr4Mask & ~Cr4MachineCheckEnable) != 0:
                InjectException(ExceptionVector.GeneralProtection);
                return true;
            case 0:
                SetCr0Shadow((_cr0Shadow & ~_cr0Mask) | (value & _cr0Mask));
                return true;
            case 4:
                SetCr4Shadow((_cr4Shadow & ~_cr4Mask) | (value & _cr4Mask));
                return true;
            default:
                return false;
        }
    }
}
