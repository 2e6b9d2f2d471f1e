using HyperCore.Core.Devices;
using HyperCore.Core.Exits;
using HyperCore.Core.Processor;
using HyperCore.Core.Time;

namespace HyperCore.Core.Machine;

/// <summary>
/// A virtual processor with everything around it: its local APIC, its exit handler, its counters. <see cref="Run"/> is the innermost loop
/// of HyperCore.
/// </summary>
public sealed unsafe class Vcpu
{
    private const ulong RflagsIf = 1ul << 9;

    // After so many exits the main loop looks around in any case. A physical interrupt ends guest mode by itself, but not while the delivery
    // of an event keeps exiting, which a guest can make #AC and #DB do without end; and interrupts are off here all the time.
    private const int MaxExitsInARow = 512;

    // The 8259's interrupts are not subject to the local APIC's priorities: above every class.
    private const int HighestPriority = 16;

    // Present, code, readable, accessed.
    private const ushort RealModeCode = 0x9B;

    private readonly VirtualProcessor _cpu;
    private readonly LocalApic _apic;
    private readonly Pic8259Pair _pic;
    private readonly ExitHandler _handler;
    private readonly TimerSet _timers;
    private readonly PlatformAccess _platform;
    private readonly ExitCounters _counters = new();
    private readonly TraceRing _trace = new();
    private int* _attention;
    private readonly byte* _taskPriorityByte;
    private readonly bool _deliversInterrupts;
    private byte _lastTaskPriorityByte;
    private int _taskPriority;
    private bool _windowRequested;
    private bool _windowWasEmpty;

    /// <summary>Creates a vCPU.</summary>
    /// <param name="cpu">The back end.</param>
    /// <param name="apic">Its local APIC.</param>
    /// <param name="pic">The VM's 8259 pair, whose interrupts arrive through LINT0 of the boot processor.</param>
    /// <param name="handler">What handles its exits.</param>
    /// <param name="timers">The timers of its local APIC.</param>
    /// <param name="platform">Its way to what the vCPUs of the VM share.</param>
    public Vcpu(VirtualProcessor cpu, LocalApic apic, Pic8259Pair pic, ExitHandler handler, TimerSet timers, PlatformAccess platform)
    {
        _cpu = cpu;
        _taskPriorityByte = cpu.TaskPriorityByte;
        _deliversInterrupts = cpu.DeliversInterrupts;
        _apic = apic;
        _pic = pic;
        _handler = handler;
        _timers = timers;
        _platform = platform;
    }

    /// <summary>The back end.</summary>
    public VirtualProcessor Processor => _cpu;

    /// <summary>Its VM.</summary>
    public VirtualMachine Vm { get; init; } = null!;

    /// <summary>It as the scheduler knows it: where it runs, and for how long it has run.</summary>
    public SchedulerTask Task { get; init; } = null!;

    /// <summary>Its clock.</summary>
    public required VcpuClock Clock { get; init; }

    /// <summary>Its model-specific registers.</summary>
    public required MsrPolicy Msrs { get; init; }

    /// <summary>The VM's page in front of the local APICs, where the processor has a use for one; otherwise null.</summary>
    public ApicAccessPage? ApicPage { get; init; }

    /// <summary>The timers of its local APIC.</summary>
    public TimerSet Timers => _timers;

    /// <summary>Exits by reason.</summary>
    public ExitCounters Counters => _counters;

    /// <summary>The last exits.</summary>
    public TraceRing Trace => _trace;

    /// <summary>Why it left guest mode the last time.</summary>
    public ExitReason LastExit => _trace[0].Reason;

    /// <summary>When the timer of its local APIC is due, nanoseconds of the machine's clock. May be read without the VM's lock.</summary>
    public ulong Deadline { get; private set; } = VirtualTimer.Never;

    /// <summary>The pCPU that it ran on the last time; -1 before the first.</summary>
    public int LastPcpu { get; set; } = -1;

    /// <summary>The <see cref="VirtualMachine.TranslationsChanged"/> that it has flushed its translations for.</summary>
    public uint TranslationsSeen { get; set; }

    /// <summary>The vCPU executed HLT and has not been woken.</summary>
    public bool Halted { get; private set; }

    /// <summary>It is not started yet, or was taken down by INIT.</summary>
    public bool IsWaitingForSipi => _apic.WaitingForSipi;

    /// <summary>Nothing but a reset can make a halted vCPU go on: interrupts are off and no NMI waits.</summary>
    public bool HaltedForGood => Halted && !_apic.NmiPending && !_apic.InitPending && (_cpu.Rflags & RflagsIf) == 0;

    /// <summary>It could do something if it had a pCPU. With the VM's lock held.</summary>
    public bool HasWork => _apic.InitPending || _apic.SipiPending || (!_apic.WaitingForSipi && (!Halted || WakesFromHalt()));

    /// <summary>The state after power-on.</summary>
    public void Reset()
    {
        _cpu.Reset();
        Msrs.Reset();
        Clock.Adjust = 0;
        Counters.Reset();
        Trace.Reset();
        ForgetInterrupts();
    }

    /// <summary>The pCPU that runs the caller is the one that this vCPU runs on from now on.</summary>
    /// <param name="pcpu">Its number.</param>
    /// <param name="attention">Its word that says that there is something to look at.</param>
    public void Attach(int pcpu, int* attention)
    {
        _platform.Pcpu = pcpu;
        _attention = attention;
    }

    /// <summary>Computes <see cref="Deadline"/> anew. With the VM's lock held.</summary>
    public void UpdateDeadline() => Deadline = Clock.ToHost(_timers.NextDeadline);

    /// <summary>Fires the timers of its local APIC that are due. With the VM's lock held.</summary>
    /// <param name="now">The time by the VM's clock.</param>
    public void FireTimers(ulong now)
    {
        _timers.FireDue(now);
        UpdateDeadline();
    }

    /// <summary>Runs the guest until the pCPU has something else to do.</summary>
    /// <returns>
    /// <see cref="ExitOutcome.Yield"/> when the host wants attention, <see cref="ExitOutcome.Halt"/> when the guest waits for an interrupt or to
    /// be started, <see cref="ExitOutcome.Stop"/> when the VM has ended.
    /// </returns>
    public ExitOutcome Run()
    {
        if (Halted && !TryWake())
        {
            return ExitOutcome.Halt;
        }

        for (int i = 0; i < MaxExitsInARow; i++)
        {
            if (_apic.ServiceNeeded)
            {
                ExitOutcome service = Serve();
                if (service != ExitOutcome.Resume)
                {
                    return service;
                }
            }

            ref VmExit exit = ref _trace.Next();
            _cpu.Run(ref exit);
            _counters.Count(exit.Reason);

            // CR8 may have been changed without an exit.
            if (*_taskPriorityByte != _lastTaskPriorityByte)
            {
                TakeTaskPriority();
            }

            ExitOutcome outcome = _handler.Handle(ref exit);
            if (outcome != ExitOutcome.Resume)
            {
                if (outcome != ExitOutcome.Window)
                {
                    return outcome == ExitOutcome.Halt ? Halt() : outcome;
                }

                TakeWindow();
            }

            if (*_attention != 0)
            {
                return ExitOutcome.Yield;
            }
        }

        return ExitOutcome.Yield;
    }

    /// <summary>Looks whether a halted vCPU has been given a reason to go on.</summary>
    /// <returns>True when it can be run.</returns>
    public bool TryWake()
    {
        _platform.Enter();
        Halted = Halted && !WakesFromHalt();
        if (Halted)
        {
            _platform.Block();
        }

        _platform.Leave();
        return !Halted;
    }

    private ExitOutcome Halt()
    {
        Halted = true;
        return TryWake() ? ExitOutcome.Yield : ExitOutcome.Halt;
    }

    private void TakeTaskPriority()
    {
        _lastTaskPriorityByte = *_taskPriorityByte;
        int taskPriority = _cpu.TaskPriority;
        if (taskPriority == _taskPriority)
        {
            return;
        }

        _platform.Enter();
        _taskPriority = taskPriority;
        _apic.TaskPriority = (byte)(taskPriority << 4);
        _apic.ServiceNeeded |= _windowWasEmpty;
        _windowWasEmpty = false;
        _platform.Leave();
    }

    private void TakeWindow()
    {
        _platform.Enter();
        _windowRequested = false;
        _windowWasEmpty = true; // unless something is delivered now
        _apic.ServiceNeeded = true;
        _platform.Leave();
    }

    /// <summary>Takes what the local APIC has for the vCPU.</summary>
    /// <returns>
    /// <see cref="ExitOutcome.Resume"/> to enter the guest, <see cref="ExitOutcome.Halt"/> when it waits to be started, <see cref="ExitOutcome.Stop"/>
    /// when it was the boot processor that was reset.
    /// </returns>
    private ExitOutcome Serve()
    {
        _platform.Enter();
        ExitOutcome outcome = ServeStartUp();
        if (outcome == ExitOutcome.Resume)
        {
            DeliverEvents();
        }

        _platform.Leave();
        return outcome;
    }

    private ExitOutcome ServeStartUp()
    {
        if (_apic.InitPending)
        {
            _apic.TakeInit();
            if (_apic.IsBootProcessor)
            {
                return _handler.ResetByInit();
            }

            _cpu.Init();
            ForgetInterrupts();
        }

        if (!_apic.WaitingForSipi)
        {
            return ExitOutcome.Resume;
        }

        if (!_apic.TakeSipi())
        {
            _apic.ServiceNeeded = false;
            _platform.Block();
            return ExitOutcome.Halt;
        }

        // Real mode at the start of the page that the vector names (Intel SDM vol. 3A, 9.4.4).
        byte page = _apic.SipiVector;
        _cpu.SetSegment(SegmentRegister.Cs, new Segment((ushort)(page << 8), RealModeCode, 0xFFFF, (ulong)page << 12));
        _cpu.Rip = 0;
        return ExitOutcome.Resume;
    }

    private void ForgetInterrupts()
    {
        Halted = false;
        _taskPriority = 0;
        _lastTaskPriorityByte = *_taskPriorityByte;
        _windowRequested = false;
        _windowWasEmpty = false;
    }

    private bool WakesFromHalt()
    {
        if (_apic.NmiPending || _apic.InitPending || _cpu.EventPending)
        {
            return true;
        }

        return (_cpu.Rflags & RflagsIf) != 0 && (_apic.PendingVector >= 0 || _apic.ExternalInterruptPending);
    }

    private void DeliverEvents()
    {
        _apic.ServiceNeeded = false;
        if (_deliversInterrupts)
        {
            LetProcessorDeliver();
            return;
        }

        int taskPriority = _apic.TaskPriority >> 4;
        if (taskPriority != _taskPriority)
        {
            _taskPriority = taskPriority;
            _windowWasEmpty = false;
            _cpu.TaskPriority = taskPriority;
            _lastTaskPriorityByte = *_taskPriorityByte;
        }

        if (_apic.NmiPending)
        {
            DeliverNmi();
        }

        bool external = _apic.ExternalInterruptPending;
        int vector = _apic.PendingVector;
        if (vector < 0 && !external)
        {
            WaitForTaskPriority();
            return;
        }

        if (!_cpu.CanTakeInterrupt)
        {
            RequestWindow(external ? HighestPriority : vector >> 4);
            return;
        }

        _windowWasEmpty = false;
        if (external)
        {
            _apic.TakeExternalInterrupt();
            _cpu.InjectInterrupt((byte)_pic.Acknowledge());
        }
        else
        {
            _apic.Acknowledge(vector);
            _cpu.InjectInterrupt((byte)vector);
        }

        // One event is delivered at an entry; what waits behind it comes as soon as the guest can take it.
        vector = _apic.PendingVector;
        if (vector >= 0 || _apic.ExternalInterruptPending)
        {
            RequestWindow(_apic.ExternalInterruptPending ? HighestPriority : vector >> 4);
        }
        else
        {
            WaitForTaskPriority();
        }
    }

    // The processor takes interrupts out of IRR by itself, when the guest can take them; what comes another way is delivered here.
    private void LetProcessorDeliver()
    {
        _apic.TakePosted();
        ApicAccess access = _apic.Access;
        if (access != ApicAccess.Page)
        {
            ApicPage?.Hide();
        }

        _cpu.OnApicChanged(access);
        if (_apic.NmiPending)
        {
            DeliverNmi();
        }

        if (_apic.ExternalInterruptPending && _cpu.CanTakeInterrupt)
        {
            _apic.TakeExternalInterrupt();
            _cpu.InjectInterrupt((byte)_pic.Acknowledge());
        }

        if (_apic.ExternalInterruptPending)
        {
            RequestWindow(HighestPriority);
        }
        else if (_windowRequested)
        {
            _cpu.CancelInterruptWindow();
            _windowRequested = false;
        }
    }

    // An interrupt that only the task priority holds back comes when the guest lowers CR8, which it may do without an exit. A window that
    // opens before that (emulators let the priority of CR8 itself through) is not asked for again, or the guest would never run on.
    private void WaitForTaskPriority()
    {
        int held = _apic.VectorHeldByTaskPriority;
        if (held >= 0 && !_windowWasEmpty)
        {
            RequestWindow(held >> 4);
        }
        else if (_windowRequested)
        {
            _cpu.CancelInterruptWindow();
            _windowRequested = false;
        }
    }

    private void RequestWindow(int priority)
    {
        _cpu.RequestInterruptWindow(priority);
        _windowRequested = true;
    }

    private void DeliverNmi()
    {
        if (_cpu.CanTakeNmi)
        {
            _apic.TakeNmi();
            _cpu.InjectNmi();
        }
        else
        {
            // Blocked by the one in service: look again at every exit; its IRET causes one.
            _apic.ServiceNeeded = true;
        }
    }
}
