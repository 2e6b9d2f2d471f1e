using System;
using HyperCore.Core.Boot;
using HyperCore.Core.Config;
using HyperCore.Core.Devices;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Emulation;
using HyperCore.Core.Exits;
using HyperCore.Core.Memory;
using HyperCore.Core.Menu;
using HyperCore.Core.Paging;
using HyperCore.Core.Platform;
using HyperCore.Core.Processor;
using HyperCore.Core.Time;

namespace HyperCore.Core.Machine;

/// <summary>
/// One configured VM: its virtual PC, its vCPUs and its memory. The object is built once when HyperCore starts; memory is taken at
/// <see cref="Start"/> and given back, without what the guest wrote, at <see cref="Stop"/>. Its life cycle is the console processor's business.
/// </summary>
public sealed partial class VirtualMachine
{
    private readonly VirtualMachineHost _host;
    private readonly Dispatcher _dispatcher;
    private readonly GuestMemory _memory;
    private readonly GuestRam _ram;
    private readonly NestedPageTable _nested;
    private readonly RamMapping _mapping;
    private readonly ApicAccessPage? _apicPage;
    private readonly GuestClock _clock;
    private readonly GuestPower _power;
    private readonly MtrrState _mtrr = new();
    private readonly SpinLock _lock = new();
    private readonly Vcpu[] _vcpus;
    private readonly VcpuWaker _waker;
    private readonly PlatformAccess _console;
    private readonly BootState _bootState = new();

    /// <summary>Builds the VM; it holds no guest memory yet.</summary>
    /// <param name="index">Its place in the configuration.</param>
    /// <param name="config">What it is to be.</param>
    /// <param name="files">What it boots from.</param>
    /// <param name="host">What the machine offers.</param>
    /// <param name="processors">The back ends of its vCPUs, as many as are configured.</param>
    public VirtualMachine(int index, VirtualMachineConfig config, BootFiles files, VirtualMachineHost host, VirtualProcessor[] processors)
    {
        if (processors.Length != config.Processors)
        {
            throw new ArgumentException("The VM is given another number of processors than is configured.");
        }

        Index = index;
        Config = config;
        Files = files;
        _host = host;
        _dispatcher = host.Dispatcher;
        _memory = new GuestMemory { Preparation = new RamPreparation(config.Memory) };
        _ram = new GuestRam(host.Memory, _memory);
        _nested = new NestedPageTable(host.Frames, host.HasNested1GPages, host.NestedLevels, host.NestedFormat);
        _mapping = new RamMapping(_memory, _nested);
        _clock = new GuestClock(host.Clock);
        _power = new GuestPower(StopReason);
        Group = new SchedulerGroup(processors.Length, config.Share);
        _dispatcher.Scheduler.Add(Group);
        Platform = new VirtualPlatform(_clock, Console, _power, RegistersOf(processors));
        _apicPage = processors[0].DeliversInterrupts ? new ApicAccessPage(host.Frames, _nested) : null;
        Console.Attention = Platform.Attention;
        SettingsDisk? settings = config.Settings ? new SettingsDisk(host.Variables, host.Memory, Platform.Attention) : null;
        Virtio = new VirtioDevices(Platform, _memory, _clock, config, files, Console, host.Entropy, host.Network, settings);
        _vcpus = new Vcpu[processors.Length];
        _waker = new VcpuWaker(_dispatcher, Group, Platform, _clock, Console, _vcpus) { Settings = settings };
        _console = CreateAccess(0);
        for (int i = 0; i < processors.Length; i++)
        {
            _vcpus[i] = CreateVcpu(i, processors[i]);
        }

        _waker.Network = Virtio.Network?.Port;

        if (host.Framebuffer != null && config.Display == DisplayKind.Mediated)
        {
            Display = new MediatedDisplay(host.Framebuffer, _nested);
            Display.Device.Attention = Platform.Attention;
            Platform.AddDisplay(Display.Device);
            _waker.Display = Display;
        }
    }

    /// <summary>Its place in the configuration.</summary>
    public int Index { get; }

    /// <summary>Its configuration.</summary>
    public VirtualMachineConfig Config { get; }

    /// <summary>What it boots from.</summary>
    public BootFiles Files { get; }

    /// <summary>What it is doing.</summary>
    public VmState State { get; private set; }

    /// <summary>Why it ended, or could not start.</summary>
    public StopReason StopReason { get; } = new();

    /// <summary>The virtual PC.</summary>
    public VirtualPlatform Platform { get; }

    /// <summary>Its virtio devices.</summary>
    public VirtioDevices Virtio { get; }

    /// <summary>Its vCPUs as the scheduler knows them.</summary>
    public SchedulerGroup Group { get; }

    /// <summary>How many vCPUs it has.</summary>
    public int VcpuCount => _vcpus.Length;

    /// <summary>One of its vCPUs; 0 is the boot processor.</summary>
    public Vcpu this[int index] => _vcpus[index];

    /// <summary>What it writes to COM1.</summary>
    public GuestConsole Console { get; } = new();

    /// <summary>The last lines that it wrote there, over all its starts, for the menu to show.</summary>
    public LineHistory ConsoleHistory { get; } = new(512, 1 << 15);

    /// <summary>Its screen; null without one.</summary>
    public MediatedDisplay? Display { get; }

    /// <summary>How often it was started or reset. What a processor holds of a vCPU is worth nothing after the next one.</summary>
    public uint PowerOns { get; private set; }

    /// <summary>How often its nested page table was changed since HyperCore started: each vCPU flushes its translations before it goes on.</summary>
    public uint TranslationsChanged { get; private set; }

    /// <summary>Where all VMs get their memory from.</summary>
    public FrameAllocator HostMemory => _host.Memory;

    /// <summary>Frames in its nested page table.</summary>
    public int NestedFrames => _nested.FrameCount;

    /// <summary>It has memory and a state: running or paused.</summary>
    public bool IsAlive => State is VmState.Running or VmState.Paused;

    /// <summary>Time its vCPUs have had pCPUs since it was started, nanoseconds.</summary>
    public ulong ProcessorTime
    {
        get
        {
            ulong sum = 0;
            for (int i = 0; i < _vcpus.Length; i++)
            {
                sum += _vcpus[i].Task.RunTime;
            }

            return sum;
        }
    }

    /// <summary>Exits of all its vCPUs since it was started.</summary>
    public ulong Exits
    {
        get
        {
            ulong sum = 0;
            for (int i = 0; i < _vcpus.Length; i++)
            {
                sum += _vcpus[i].Counters.Total;
            }

            return sum;
        }
    }

    /// <summary>How long it has been up, without the time during which it was paused, nanoseconds.</summary>
    public ulong Uptime => IsAlive ? _clock.Now - _startedAt : 0;

    /// <summary>Its timers may be due: it is not off, and its clock goes.</summary>
    public bool HasTimers => State == VmState.Running;

    /// <summary>No vCPU can ever go on: all halted with interrupts off, or wait for a start-up that nobody is left to send. With the lock held.</summary>
    public bool IsHaltedForGood
    {
        get
        {
            for (int i = 0; i < _vcpus.Length; i++)
            {
                if (!_vcpus[i].HaltedForGood && !_vcpus[i].IsWaitingForSipi)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>A way to the platform for code that runs on a pCPU and not for a vCPU.</summary>
    public PlatformAccess CreateAccess(int pcpu) => new(_lock, Platform.LocalApicPage, waker: _waker) { Pcpu = pcpu };

    /// <summary>Takes the VM's lock, on the console processor: devices may be used until <see cref="Leave"/>.</summary>
    public void Enter() => _console.Enter();

    /// <summary>Gives the VM's lock back, on the console processor, and wakes vCPUs for which something has come.</summary>
    public void Leave() => _console.Leave();

    /// <summary>
    /// A byte was typed for it on the serial line: it goes to COM1, unless nobody reads there but somebody does at the virtio console. With the lock
    /// held.
    /// </summary>
    /// <returns>False when there is no room: try again later.</returns>
    public bool TryReceiveSerial(byte value) =>
        Platform.Uart.IsListening || !Virtio.Console.IsListening ? Platform.Uart.TryReceive(value) : Virtio.Console.Receive([value]) == 1;

    /// <summary>Takes the guest's request for the menu; on the console processor.</summary>
    /// <returns>True when there was one.</returns>
    public bool TakeRequest()
    {
        if (!Platform.Requests.IsRequested)
        {
            return false;
        }

        Enter();
        bool requested = Platform.Requests.TakeRequest();
        Leave();
        return requested;
    }

    /// <summary>What the guest asked for while it was in the background does not count.</summary>
    public void ForgetRequest() => TakeRequest();

    /// <summary>Fires the timers of this VM that are a pCPU's business.</summary>
    /// <param name="now">The time, nanoseconds of the machine's clock.</param>
    /// <param name="pcpu">The pCPU that asks: it has the timers of the vCPUs at home there.</param>
    /// <param name="platform">Its way to the platform.</param>
    /// <returns>When the next one is due.</returns>
    public ulong FireTimers(ulong now, int pcpu, PlatformAccess platform)
    {
        ulong next = VirtualTimer.Never;
        for (int i = 0; i < _vcpus.Length; i++)
        {
            Vcpu vcpu = _vcpus[i];
            if (vcpu.Task.Pcpu != pcpu)
            {
                continue;
            }

            bool hasChips = i == 0;
            if (vcpu.Deadline <= now || (hasChips && _waker.ChipDeadline <= now))
            {
                platform.Enter();
                if (HasTimers)
                {
                    vcpu.FireTimers(_clock.Now);
                    if (hasChips)
                    {
                        _waker.FireChips();
                    }
                }

                platform.Leave();
            }

            next = Math.Min(next, vcpu.Deadline);
            next = hasChips ? Math.Min(next, _waker.ChipDeadline) : next;
        }

        return next;
    }

    private Vcpu CreateVcpu(int index, VirtualProcessor processor)
    {
        LocalApic apic = Platform.LocalApics[index];
        var access = new PlatformAccess(_lock, Platform.LocalApicPage, index, _vcpus.Length > 1 ? apic : null, _waker);
        var cpuid = new CpuidPolicy(_host.Processor, apic.ApicId, (uint)_vcpus.Length);
        var msrs = new MsrPolicy(processor, apic, Platform.Clocks[index], _mtrr, _host.Processor, cpuid, access);
        var emulator = new Emulator(_memory, Platform.Devices, _host.PhysicalAddressBits, _host.DecoderOptions);
        var handler = new ExitHandler(processor, Platform.Devices, emulator, cpuid, msrs, _power, StopReason, access) { Ram = _mapping };
        return new Vcpu(processor, apic, Platform.Pics, handler, Platform.LocalApicTimers[index], access)
        {
            Vm = this,
            Task = Group[index],
            Clock = Platform.Clocks[index],
            Msrs = msrs,
            ApicPage = _apicPage,
        };
    }

    private static ApicRegisterPage[] RegistersOf(VirtualProcessor[] processors)
    {
        var registers = new ApicRegisterPage[processors.Length];
        for (int i = 0; i < registers.Length; i++)
        {
            registers[i] = processors[i].ApicRegisters;
        }

        return registers;
    }
}
