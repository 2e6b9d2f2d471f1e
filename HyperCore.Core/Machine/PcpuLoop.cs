using System;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Exits;
using HyperCore.Core.Time;

namespace HyperCore.Core.Machine;

/// <summary>
/// What every pCPU does for ever: fires the timers of the vCPUs that are at home here, takes the vCPU whose turn it is, runs it until something
/// happens, and sleeps when there is none. Nothing of it waits for another pCPU.
/// </summary>
public sealed unsafe class PcpuLoop
{
    private const int NoTask = -1;

    private readonly PcpuServices _pcpu;
    private readonly Clock _clock;
    private readonly int _index;
    private readonly Dispatcher _dispatcher;
    private readonly Scheduler _scheduler;
    private readonly VirtualMachine[] _machines;
    private readonly Vcpu[] _vcpus;
    private readonly PlatformAccess[] _platforms;
    private readonly bool _isAlone;
    private int _current = NoTask;
    private Vcpu? _loaded;
    private uint _loadedPowerOns;
    private Vcpu? _attached;
    private ulong _armed = VirtualTimer.Never;

    /// <summary>Creates the loop of one pCPU.</summary>
    /// <param name="host">The machine.</param>
    /// <param name="pcpu">The pCPU.</param>
    /// <param name="dispatcher">Who says what is to be done.</param>
    /// <param name="machines">All VMs.</param>
    public PcpuLoop(HostServices host, PcpuServices pcpu, Dispatcher dispatcher, VirtualMachine[] machines)
    {
        _pcpu = pcpu;
        _clock = pcpu.Clock;
        _index = pcpu.Index;
        _dispatcher = dispatcher;
        _scheduler = dispatcher.Scheduler;
        _machines = machines;
        _isAlone = host.PcpuCount == 1;
        _vcpus = new Vcpu[_scheduler.Count];
        _platforms = new PlatformAccess[machines.Length];
        for (int i = 0; i < machines.Length; i++)
        {
            _platforms[i] = machines[i].CreateAccess(_index);
            for (int vcpu = 0; vcpu < machines[i].VcpuCount; vcpu++)
            {
                _vcpus[machines[i][vcpu].Task.Id] = machines[i][vcpu];
            }
        }
    }

    /// <summary>It has a vCPU to run.</summary>
    public bool IsBusy => _current != NoTask;

    /// <summary>Runs vCPUs for ever.</summary>
    public void Run()
    {
        while (true)
        {
            BeginTurn();
            Turn(VirtualTimer.Never, maySleep: true);
        }
    }

    /// <summary>
    /// Takes notice of what has come. Cleared before the sources are looked at, so that nothing that comes in meanwhile is missed. It may have
    /// been the timer, which fires once, and perhaps a little early.
    /// </summary>
    public void BeginTurn()
    {
        if (*_pcpu.Attention != 0)
        {
            *_pcpu.Attention = 0;
            _armed = VirtualTimer.Never;
        }
    }

    /// <summary>Runs the vCPU whose turn it is until something happens, or sleeps.</summary>
    /// <param name="deadline">When the caller has something to do, nanoseconds.</param>
    /// <param name="maySleep">Without it the call returns at once when there is no vCPU to run.</param>
    public void Turn(ulong deadline, bool maySleep)
    {
        ulong now = _clock.Now;
        deadline = Math.Min(deadline, FireTimers(now));
        if (!_scheduler.Continues(_index, now, out ulong sliceEnd))
        {
            Unload();
            SchedulerTask? task = _scheduler.Pick(_index, now, out sliceEnd, out ulong signal);
            _current = task?.Id ?? NoTask;
            _dispatcher.Signal(signal, _index);

            // A vCPU that was at home elsewhere brings its timers with it.
            deadline = Math.Min(deadline, FireTimers(now));
        }

        if (_current != NoTask)
        {
            Arm(Math.Min(deadline, sliceEnd));
            RunVcpu(_vcpus[_current]);
        }
        else if (maySleep)
        {
            Arm(deadline);
            if (*_pcpu.Attention == 0)
            {
                // What this pCPU itself woke meanwhile sends no interrupt.
                _pcpu.WaitForInterrupt();
            }
        }
        else
        {
            _pcpu.TakeInterrupts();
        }
    }

    /// <summary>Puts the vCPU down that this pCPU has, if it is one of that VM.</summary>
    public void LetGo(SchedulerGroup group)
    {
        if (_current != NoTask && _scheduler[_current].Group == group)
        {
            Unload();
            _scheduler.PutDown(_index, _clock.Now);
            _current = NoTask;
        }
    }

    private void RunVcpu(Vcpu vcpu)
    {
        Load(vcpu);
        ExitOutcome outcome = vcpu.Run();
        _pcpu.TakeInterrupts();
        if (outcome == ExitOutcome.Yield)
        {
            if (vcpu.LastExit == ExitReason.Pause)
            {
                _scheduler.YieldToSibling(_index);
            }

            return;
        }

        VirtualMachine vm = vcpu.Vm;
        if (outcome == ExitOutcome.Stop || (outcome == ExitOutcome.Halt && HasComeToRest(vcpu, vm)))
        {
            vm.NoteEnd(_index);
        }
    }

    private bool HasComeToRest(Vcpu vcpu, VirtualMachine vm)
    {
        if (!vcpu.HaltedForGood)
        {
            return false;
        }

        PlatformAccess platform = _platforms[vm.Index];
        platform.Enter();
        bool rests = vm.IsHaltedForGood;
        if (rests && vm.StopReason.Kind == StopKind.None)
        {
            TextBuilder text = vm.StopReason.Begin(StopKind.Crashed);
            text.Append("halted with interrupts off: nothing can wake it, RIP 0x");
            text.AppendHex(vcpu.Processor.Rip);
            vm.StopReason.Finish(text);
        }

        platform.Leave();
        return rests;
    }

    private void Load(Vcpu vcpu)
    {
        VirtualMachine vm = vcpu.Vm;
        if (_loaded != vcpu || _loadedPowerOns != vm.PowerOns)
        {
            SaveLoaded();
            vcpu.Attach(_index, _pcpu.Attention);
            if (_attached != vcpu || vcpu.LastPcpu != _index)
            {
                vcpu.Processor.Attach(_index);
                vcpu.LastPcpu = _index;
                _attached = vcpu;
            }

            vcpu.Processor.LoadExtendedState();
            _loaded = vcpu;
            _loadedPowerOns = vm.PowerOns;
        }

        if (vcpu.TranslationsSeen != vm.TranslationsChanged)
        {
            vcpu.TranslationsSeen = vm.TranslationsChanged;
            vcpu.Processor.FlushTlb();
        }
    }

    /// <summary>
    /// Takes a vCPU's state out of the processor before another pCPU may run it. Where there is no other, it stays until another vCPU comes.
    /// </summary>
    private void Unload()
    {
        if (!_isAlone)
        {
            SaveLoaded();
        }
    }

    private void SaveLoaded()
    {
        // What a VM left in the processor before its reset is not saved over what the reset made of it.
        if (_loaded != null && _loaded.Vm.IsAlive && _loadedPowerOns == _loaded.Vm.PowerOns)
        {
            _loaded.Processor.SaveExtendedState();
        }

        _loaded = null;
    }

    /// <summary>Fires what is due of the vCPUs that are at home here.</summary>
    /// <returns>When the next one is due.</returns>
    private ulong FireTimers(ulong now)
    {
        ulong next = VirtualTimer.Never;
        for (int i = 0; i < _machines.Length; i++)
        {
            VirtualMachine vm = _machines[i];
            if (vm.HasTimers)
            {
                next = Math.Min(next, vm.FireTimers(now, _index, _platforms[i]));
            }
        }

        return next;
    }

    private void Arm(ulong deadline)
    {
        if (deadline != _armed)
        {
            _armed = deadline;
            _pcpu.ArmTimer(deadline);
        }
    }
}
