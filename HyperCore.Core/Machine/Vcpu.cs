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

    private readonly VirtualProcessor _cpu;
    private readonly LocalApic _apic;
    private readonly Pic8259Pair _pic;
    private readonly ExitHandler _handler;
    private readonly TimerSet _timers;
    private readonly int* _attention;
    private readonly ExitCounters _counters = new();
    private readonly TraceRing _trace = new();
    private int _taskPriority;
    private bool _windowRequested;
    private bool _windowWasEmpty;

    /// <summary>Creates a vCPU.</summary>
    /// <param name="cpu">The back end.</param>
    /// <param name="apic">Its local APIC.</param>
    /// <param name="pic">The VM's 8259 pair, whose interrupts arrive through LINT0.</param>
    /// <param name="handler">What handles its exits.</param>
    /// <param name="timers">The VM's timers.</param>
    /// <param name="attention">A word that the host's interrupt handlers set when the main loop has to look at something.</param>
    public Vcpu(VirtualProcessor cpu, LocalApic apic, Pic8259Pair pic, ExitHandler handler, TimerSet timers, int* attention)
    {
        _cpu = cpu;
        _apic = apic;
        _pic = pic;
        _handler = handler;
        _timers = timers;
        _attention = attention;
    }

    /// <summary>The back end.</summary>
    public VirtualProcessor Processor => _cpu;

    /// <summary>Exits by reason.</summary>
    public ExitCounters Counters => _counters;

    /// <summary>The last exits.</summary>
    public TraceRing Trace => _trace;

    /// <summary>The vCPU executed HLT and has not been woken.</summary>
    public bool Halted { get; private set; }

    /// <summary>Nothing but a reset can make a halted vCPU go on: interrupts are off and no NMI waits.</summary>
    public bool HaltedForGood => Halted && !_apic.NmiPending && (_cpu.Rflags & RflagsIf) == 0;

    /// <summary>The state after power-on.</summary>
    public void Reset()
    {
        _cpu.Reset();
        Counters.Reset();
        Trace.Reset();
        Halted = false;
        _taskPriority = 0;
        _windowRequested = false;
        _windowWasEmpty = false;
    }

    /// <summary>Runs the guest until the main loop has something to do.</summary>
    /// <returns>
    /// <see cref="ExitOutcome.Yield"/> when the host or a timer wants attention, <see cref="ExitOutcome.Halt"/> when the guest waits for an
    /// interrupt, <see cref="ExitOutcome.Stop"/> when the VM has ended.
    /// </returns>
    public ExitOutcome Run()
    {
        for (int i = 0; i < MaxExitsInARow; i++)
        {
            if (_apic.ServiceNeeded)
            {
                if (_apic.InitPending)
                {
                    _apic.TakeInit();
                    return _handler.ResetByInit();
                }

                DeliverEvents();
            }

            ref VmExit exit = ref _trace.Next();
            _cpu.Run(ref exit);
            _counters.Count(exit.Reason);

            // CR8 may have been changed without an exit.
            int taskPriority = _cpu.TaskPriority;
            if (taskPriority != _taskPriority)
            {
                _taskPriority = taskPriority;
                _apic.TaskPriority = (byte)(taskPriority << 4);
                _apic.ServiceNeeded |= _windowWasEmpty;
                _windowWasEmpty = false;
            }

            ExitOutcome outcome = _handler.Handle(ref exit);
            if (outcome != ExitOutcome.Resume)
            {
                if (outcome != ExitOutcome.Window)
                {
                    Halted = outcome == ExitOutcome.Halt && !WakesFromHalt();
                    return outcome == ExitOutcome.Halt && !Halted ? ExitOutcome.Yield : outcome;
                }

                _windowRequested = false;
                _windowWasEmpty = true; // unless something is delivered now
                _apic.ServiceNeeded = true;
            }

            if (_timers.Changed || *_attention != 0)
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
        if (Halted && WakesFromHalt())
        {
            Halted = false;
        }

        return !Halted;
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
        int taskPriority = _apic.TaskPriority >> 4;
        if (taskPriority != _taskPriority)
        {
            _taskPriority = taskPriority;
            _windowWasEmpty = false;
            _cpu.TaskPriority = taskPriority;
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
