using HyperCore.Core.Processor;

namespace HyperCore.Efi.Svm;

/// <summary>
/// Event delivery (AMD APM vol. 2, 15.20). What waits to be delivered is kept here, one place a kind, and put into EVENTINJ one at a time:
/// exceptions first, then NMI, then interrupts. An event whose delivery an exit cut short comes back the same way.
/// </summary>
internal sealed unsafe partial class SvmVirtualProcessor
{
    // Below are the exceptions (AMD APM vol. 2, 8.1).
    private const byte FirstInterruptVector = 32;

    private const int PendingException = 1;
    private const int PendingNmi = 2;
    private const int PendingInterrupt = 4;
    private const int WindowWanted = 8;
    private const ulong ProtectionEnable = 1;
    private const ulong VIntrTprMask = 0xF;
    private const ulong VIntrRequest = 1ul << 8;
    private const ulong VIntrPriorityMask = 0xFul << 16;
    private const int VIntrPriorityShift = 16;
    private const int HighestClass = 15;
    private const ulong VIntrIgnoreTpr = 1ul << 20;
    private const ulong VIntrMasking = 1ul << 24;
    private const ulong VIntrVectorMask = 0xFFul << 32;
    private const int VIntrVectorShift = 32;

    private int _pendingEvents;
    private ExceptionVector _exceptionVector;
    private uint _exceptionErrorCode;
    private byte _interruptVector;
    private bool _tripleFault;
    private bool _virtualInterrupt;
    private int _windowPriority;
    private NmiState _nmi;
    private ulong _nmiReturnRip;

    private enum NmiState
    {
        None,
        InService,
        Returning,
    }

    /// <inheritdoc/>
    public override bool EventPending => (_pendingEvents & ~WindowWanted) != 0;

    /// <inheritdoc/>
    public override bool CanTakeInterrupt =>
        !EventPending && (Field64(Vmcb.Rflags) & InterruptFlag) != 0 && (_vmcb[Vmcb.InterruptShadow] & 1) == 0;

    /// <inheritdoc/>
    public override bool CanTakeNmi
    {
        get
        {
            if (_nmi == NmiState.Returning && Field64(Vmcb.Rip) != _nmiReturnRip)
            {
                _nmi = NmiState.None;
            }

            return !EventPending && _nmi == NmiState.None && (_vmcb[Vmcb.InterruptShadow] & 1) == 0;
        }
    }

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

    /// <summary>The intercept comes before IRET executes, so the next NMI has to wait until RIP has moved on.</summary>
    public override void EndNmi()
    {
        _nmi = NmiState.Returning;
        _nmiReturnRip = Field64(Vmcb.Rip);
        Field32(Vmcb.InterceptMisc1) &= ~Intercept.Iret;
    }

    /// <summary>
    /// A virtual interrupt of the wanted priority is requested and its delivery intercepted, so the exit comes exactly when the guest
    /// could take it (AMD APM vol. 2, 15.21.4).
    /// </summary>
    public override void RequestInterruptWindow(int priority)
    {
        ref ulong vintr = ref Field64(Vmcb.VIntr);
        ulong wanted = priority > HighestClass ? VIntrIgnoreTpr : (ulong)priority << VIntrPriorityShift;
        vintr = (vintr & ~(VIntrPriorityMask | VIntrIgnoreTpr)) | VIntrRequest | wanted;
        Field32(Vmcb.InterceptMisc1) |= Intercept.Vintr;
        if (_host.InterceptsTaskPriority)
        {
            Field32(Vmcb.InterceptCrRead) |= Intercept.Cr8Write;
        }

        _pendingEvents |= WindowWanted;
        _windowPriority = priority;
    }

    /// <inheritdoc/>
    public override void CancelInterruptWindow()
    {
        Field64(Vmcb.VIntr) &= ~(VIntrRequest | VIntrPriorityMask | VIntrIgnoreTpr);
        Field32(Vmcb.InterceptMisc1) &= ~Intercept.Vintr;
        Field32(Vmcb.InterceptCrRead) &= ~Intercept.Cr8Write;
        _pendingEvents &= ~WindowWanted;
    }

    // VMRUN would exit at once; to say so here saves that, and Bochs 3.1, which sees a virtual interrupt only when the guest itself sets IF.
    private bool IsWindowOpen()
    {
        ulong vintr = Field64(Vmcb.VIntr);
        return CanTakeInterrupt
            && ((vintr & VIntrIgnoreTpr) != 0 || ((vintr & VIntrPriorityMask) >> VIntrPriorityShift) > (vintr & VIntrTprMask));
    }

    private void SetEventInjection()
    {
        ulong injection;
        if ((_pendingEvents & PendingException) != 0)
        {
            _pendingEvents &= ~PendingException;
            injection = (byte)_exceptionVector | EventInjectionFormat.TypeException | EventInjectionFormat.Valid;

            // In real mode no exception pushes an error code (AMD APM vol. 2, 8.2).
            if (ExceptionRules.HasErrorCode(_exceptionVector) && (Field64(Vmcb.Cr0) & ProtectionEnable) != 0)
            {
                injection |= EventInjectionFormat.ErrorCodeValid | ((ulong)_exceptionErrorCode << EventInjectionFormat.ErrorCodeShift);
            }
        }
        else if ((_pendingEvents & PendingNmi) != 0)
        {
            _pendingEvents &= ~PendingNmi;
            _nmi = NmiState.InService;
            Field32(Vmcb.InterceptMisc1) |= Intercept.Iret;
            injection = (byte)ExceptionVector.Nmi | EventInjectionFormat.TypeNmi | EventInjectionFormat.Valid;
        }
        else if ((_pendingEvents & PendingInterrupt) == 0)
        {
            return;
        }
        else if ((Field64(Vmcb.Rflags) & InterruptFlag) == 0)
        {
            // An exception that was delivered before it has switched interrupts off: it waits for the handler's end.
            RequestInterruptWindow(HighestClass + 1);
            return;
        }
        else
        {
            _pendingEvents &= ~PendingInterrupt;
            if (_host.InjectsVirtualInterrupts)
            {
                SetVirtualInterrupt();
                return;
            }

            injection = _interruptVector | EventInjectionFormat.TypeInterrupt | EventInjectionFormat.Valid;
        }

        Field64(Vmcb.EventInj) = injection;
    }

    // The guest can take it, so it is taken before its next instruction. The same bits serve a window, which has to wait for the next exit; the
    // guest cannot end the interrupt without one.
    private void SetVirtualInterrupt()
    {
        ref ulong vintr = ref Field64(Vmcb.VIntr);
        vintr = (vintr & ~(VIntrPriorityMask | VIntrVectorMask)) | VIntrRequest | VIntrIgnoreTpr | ((ulong)_interruptVector << VIntrVectorShift);
        Field32(Vmcb.InterceptMisc1) &= ~Intercept.Vintr;
        _virtualInterrupt = true;
    }

    // The request is gone when the interrupt was taken. When something else has ended guest mode first, it is still to come.
    private void EndVirtualInterrupt()
    {
        _virtualInterrupt = false;
        ref ulong vintr = ref Field64(Vmcb.VIntr);
        if ((vintr & VIntrRequest) != 0)
        {
            _pendingEvents |= PendingInterrupt;
        }

        vintr &= ~(VIntrRequest | VIntrPriorityMask | VIntrIgnoreTpr | VIntrVectorMask);
        if ((_pendingEvents & WindowWanted) != 0)
        {
            RequestInterruptWindow(_windowPriority);
        }
    }

    private void RequeueInterruptedEvent()
    {
        ulong info = Field64(Vmcb.ExitIntInfo);
        var vector = (byte)(info & EventInjectionFormat.VectorMask);
        switch (info & EventInjectionFormat.TypeMask)
        {
            case EventInjectionFormat.TypeInterrupt:
                InjectInterrupt(vector);
                break;
            case EventInjectionFormat.TypeNmi:
                InjectNmi();
                break;
            case EventInjectionFormat.TypeException when vector >= FirstInterruptVector:
                // QEMU's TCG says so of a virtual interrupt whose delivery was ended by a nested page fault.
                _interruptVector = vector;
                _pendingEvents |= PendingInterrupt;
                break;
            case EventInjectionFormat.TypeException when vector is not ((byte)ExceptionVector.Breakpoint or (byte)ExceptionVector.Overflow):
                InjectException((ExceptionVector)vector, (uint)(info >> EventInjectionFormat.ErrorCodeShift));
                break;
            default:
                // INT n, INT3 and INTO: RIP still points at the instruction, which runs again.
                break;
        }
    }
}
