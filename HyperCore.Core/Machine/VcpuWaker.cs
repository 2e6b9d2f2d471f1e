using System.Numerics;
using HyperCore.Core.Network;
using HyperCore.Core.Platform;
using HyperCore.Core.Time;

namespace HyperCore.Core.Machine;

/// <summary>
/// Looks what was changed in a VM's platform while somebody held its lock, and wakes who has to know: vCPUs for which an interrupt has come,
/// the pCPU that fires the chips' timers, the console processor that shows what the guest wrote.
/// </summary>
public sealed unsafe class VcpuWaker
{
    private const int ConsolePcpu = 0;

    private readonly Dispatcher _dispatcher;
    private readonly SchedulerGroup _group;
    private readonly VirtualPlatform _platform;
    private readonly GuestClock _clock;
    private readonly GuestConsole _console;
    private readonly Vcpu[] _vcpus;
    private readonly AttentionFlag _attention;
    private uint _displayChanges;

    /// <summary>Creates the waker of one VM.</summary>
    /// <param name="dispatcher">Who wakes pCPUs.</param>
    /// <param name="group">The VM's vCPUs as the scheduler knows them.</param>
    /// <param name="platform">The virtual PC.</param>
    /// <param name="clock">The VM's clock.</param>
    /// <param name="console">Its COM1.</param>
    /// <param name="vcpus">Its vCPUs; filled in when they are built.</param>
    public VcpuWaker(Dispatcher dispatcher, SchedulerGroup group, VirtualPlatform platform, GuestClock clock, GuestConsole console, Vcpu[] vcpus)
    {
        _dispatcher = dispatcher;
        _group = group;
        _platform = platform;
        _attention = platform.Attention;
        _clock = clock;
        _console = console;
        _vcpus = vcpus;
    }

    /// <summary>When the earliest timer of the chips is due, nanoseconds of the machine's clock. May be read without the lock.</summary>
    public ulong ChipDeadline { get; private set; } = VirtualTimer.Never;

    /// <summary>The VM's screen, whose changes the console processor follows; null without one.</summary>
    public MediatedDisplay? Display { get; set; }

    /// <summary>Its port of the switch, whose frames the console processor carries on; null without one.</summary>
    public SwitchPort? Network { get; set; }

    /// <summary>The disk whose contents the console processor saves; null without one.</summary>
    public SettingsDisk? Settings { get; init; }

    /// <summary>There may be somebody to wake. Called with the VM's lock held.</summary>
    public bool IsNeeded => _attention.IsRaised;

    /// <summary>Wakes whom it concerns. Called with the VM's lock held.</summary>
    /// <param name="vcpu">The vCPU that made the changes, which needs no waking; -1 when it was none.</param>
    /// <param name="pcpu">The caller's pCPU.</param>
    public void Flush(int vcpu, int pcpu)
    {
        _attention.IsRaised = false;
        ulong noted = _platform.Apics.TakeNoted();
        if (vcpu >= 0)
        {
            noted &= ~(1ul << vcpu);
            if (_vcpus[vcpu].Timers.Changed)
            {
                _vcpus[vcpu].UpdateDeadline();
                _dispatcher.Signal(1ul << pcpu, pcpu);
            }
        }

        while (noted != 0)
        {
            int i = BitOperations.TrailingZeroCount(noted);
            noted &= noted - 1;
            WakeVcpu(i, pcpu);
        }

        if (_platform.Timers.Changed)
        {
            // The boot vCPU's home fires them. Where it is, everybody can read; if it moves meanwhile, its new home looks by itself.
            UpdateChipDeadline();
            _dispatcher.Signal(1ul << _group[0].Pcpu, pcpu);
        }

        if (_console.TakeAttention())
        {
            ShowOutput(pcpu);
        }

        if (_platform.Requests.IsRequested)
        {
            _dispatcher.Signal(1ul << ConsolePcpu, pcpu);
        }

        if (Display is { } display && display.Changes != _displayChanges)
        {
            _displayChanges = display.Changes;
            _dispatcher.Signal(1ul << ConsolePcpu, pcpu);
        }

        if ((Network is { } network && network.TakeAttention()) | (Settings is { } settings && settings.TakeAttention()))
        {
            _dispatcher.Signal(1ul << ConsolePcpu, pcpu);
        }

        // The timer of a vCPU that somebody else has set without waking it: the vCPU sees to it when it comes by.
        for (int i = 0; i < _vcpus.Length; i++)
        {
            _attention.IsRaised |= _vcpus[i].Timers.Changed;
        }
    }

    /// <summary>Computes all deadlines anew: the VM's clock has stopped or goes on. Called with the VM's lock held.</summary>
    public void UpdateDeadlines()
    {
        UpdateChipDeadline();
        for (int i = 0; i < _vcpus.Length; i++)
        {
            _vcpus[i].UpdateDeadline();
        }
    }

    /// <summary>Fires the chips' timers that are due. Called with the VM's lock held.</summary>
    public void FireChips()
    {
        _platform.Timers.FireDue(_clock.Now);
        UpdateChipDeadline();
    }

    /// <summary>A vCPU has nothing to do. Called with the VM's lock held, on its pCPU.</summary>
    public void Block(int vcpu, int pcpu) => _dispatcher.Block(_group[vcpu], pcpu);

    private void UpdateChipDeadline() => ChipDeadline = _clock.ToHost(_platform.Timers.NextDeadline);

    private void WakeVcpu(int vcpu, int pcpu)
    {
        if (_vcpus[vcpu].Timers.Changed)
        {
            // Somebody else than the vCPU itself: its home sets its own timer anew.
            _vcpus[vcpu].UpdateDeadline();
            _dispatcher.Signal(1ul << _group[vcpu].Pcpu, pcpu);
        }

        if (_vcpus[vcpu].HasWork)
        {
            _dispatcher.Wake(_group[vcpu], pcpu);
        }
    }

    private void ShowOutput(int pcpu)
    {
        if (_console.IsCongested && (_group.Suspended & SuspendReasons.OutputWaits) == 0)
        {
            // That slows down who writes so much, and nobody else.
            _dispatcher.Suspend(_group, SuspendReasons.OutputWaits, pcpu);
        }

        _dispatcher.Signal(1ul << ConsolePcpu, pcpu);
    }
}
