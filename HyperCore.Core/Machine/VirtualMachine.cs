using System;
using HyperCore.Core.Acpi;
using HyperCore.Core.Boot;
using HyperCore.Core.Config;
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
/// One configured VM: its virtual PC, its vCPU, its memory and its life cycle. The object is built once when HyperCore starts; memory is
/// taken at <see cref="Start"/> and given back, zeroed, at <see cref="Stop"/>.
/// </summary>
public sealed unsafe class VirtualMachine
{
    private readonly VirtualMachineHost _host;
    private readonly GuestMemory _memory = new();
    private readonly GuestRam _ram;
    private readonly NestedPageTable _nested;
    private readonly GuestClock _clock;
    private readonly GuestPower _power;
    private readonly MsrPolicy _msrs;
    private readonly BootState _bootState = new();
    private ulong _startedAt;
    private ulong _pausedAt;

    /// <summary>Builds the VM; it holds no guest memory yet.</summary>
    /// <param name="index">Its place in the configuration.</param>
    /// <param name="config">What it is to be.</param>
    /// <param name="files">What it boots from.</param>
    /// <param name="host">What the machine offers.</param>
    /// <param name="processor">The back end of its vCPU.</param>
    public VirtualMachine(int index, VirtualMachineConfig config, BootFiles files, VirtualMachineHost host, VirtualProcessor processor)
    {
        Index = index;
        Config = config;
        Files = files;
        _host = host;
        _ram = new GuestRam(host.Memory);
        _nested = new NestedPageTable(host.Frames, host.Has1GPages, host.PagingLevels);
        _clock = new GuestClock(host.Clock);
        _power = new GuestPower(StopReason);
        Console = new GuestConsole(host.Attention);
        Platform = new VirtualPlatform(_clock, Console, _power);
        Virtio = new VirtioDevices(Platform, _memory, _clock, config, files, Console, host.Entropy);
        var cpuid = new CpuidPolicy(host.Processor, apicId: 0, (uint)config.EffectiveProcessors);
        _msrs = new MsrPolicy(processor, Platform.LocalApic, _clock, host.Processor, cpuid);
        var emulator = new Emulator(_memory, Platform.Devices, host.PhysicalAddressBits, host.DecoderOptions);
        var handler = new ExitHandler(processor, Platform.Devices, emulator, cpuid, _msrs, _power, StopReason);
        Vcpu = new Vcpu(processor, Platform.LocalApic, Platform.Pics, handler, Platform.Timers, host.Attention);
        if (host.Framebuffer != null && config.Display == DisplayKind.Mediated)
        {
            Display = new MediatedDisplay(host.Framebuffer, _nested, host.Attention);
            Platform.AddDisplay(Display.Device);
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

    /// <summary>Its processor.</summary>
    public Vcpu Vcpu { get; }

    /// <summary>What it writes to COM1.</summary>
    public GuestConsole Console { get; }

    /// <summary>Its screen; null without one.</summary>
    public MediatedDisplay? Display { get; }

    /// <summary>Time it spent on a processor since it was started, nanoseconds.</summary>
    public ulong ProcessorTime { get; private set; }

    /// <summary>How often it was started or reset. What a processor holds of a vCPU is worth nothing after the next one.</summary>
    public uint PowerOns { get; private set; }

    /// <summary>Frames in its nested page table.</summary>
    public int NestedFrames => _nested.FrameCount;

    /// <summary>It has memory and a state: running or paused.</summary>
    public bool IsAlive => State is VmState.Running or VmState.Paused;

    /// <summary>It could make use of a processor now. Output that has piled up is written first: that slows down who writes it, and nobody else.</summary>
    public bool IsRunnable => State == VmState.Running && !Console.IsCongested && Vcpu.TryWake();

    /// <summary>How long it has been up, nanoseconds.</summary>
    public ulong Uptime => IsAlive ? _host.Clock.Now - _startedAt : 0;

    /// <summary>Power-on: takes memory, loads the kernel, puts every chip and the vCPU into its first state.</summary>
    /// <returns>False when that was not possible; <see cref="StopReason"/> says why.</returns>
    public bool Start()
    {
        StopReason.Clear();
        if (WhyItCannotStart() is { } obstacle)
        {
            return Fail(obstacle);
        }

        return TryTakeMemory() && TryPowerOn();
    }

    /// <summary>Ends the VM: its memory is zeroed and given back.</summary>
    public void Stop()
    {
        if (IsAlive)
        {
            State = StopReason.Kind is StopKind.TripleFault or StopKind.Crashed ? VmState.Failed : VmState.Stopped;
            ReleaseMemory();
        }
    }

    /// <summary>Starts again with the memory it has, as a reset button does.</summary>
    /// <returns>False when loading failed; the VM has then ended.</returns>
    public bool Reset()
    {
        _ram.Zero();
        return TryPowerOn();
    }

    /// <summary>Takes the VM off the processor until <see cref="Resume"/>.</summary>
    public void Pause()
    {
        State = VmState.Paused;
        _pausedAt = _host.Clock.Now;
    }

    /// <summary>Lets a paused VM run on.</summary>
    public void Resume()
    {
        State = VmState.Running;
        _startedAt += _host.Clock.Now - _pausedAt;
    }

    /// <summary>Has the vCPU forget translations: the nested page table was changed.</summary>
    public void FlushNestedTlb() => Vcpu.Processor.FlushTlb();

    /// <summary>Accounts time on a processor.</summary>
    public void AddProcessorTime(ulong nanoseconds) => ProcessorTime += nanoseconds;

    /// <summary>Why this VM cannot be started, before anything is tried; null when nothing is known to be in the way.</summary>
    public string? WhyItCannotStart() => _host.Obstacle ?? Config.CannotStart ?? Files.Error;

    /// <summary>Ends the VM for a reason that it did not give itself.</summary>
    public void End(StopKind kind, ReadOnlySpan<char> why)
    {
        StopReason.Set(kind, why);
        Stop();
    }

    /// <summary>A byte was typed for it on the serial line: it goes to COM1, unless nobody reads there but somebody does at the virtio console.</summary>
    /// <returns>False when there is no room: try again later.</returns>
    public bool TryReceiveSerial(byte value) =>
        Platform.Uart.IsListening || !Virtio.Console.IsListening ? Platform.Uart.TryReceive(value) : Virtio.Console.Receive([value]) == 1;

    private bool TryTakeMemory()
    {
        TextBuilder text = StopReason.Begin(StopKind.CannotStart);
        ulong shadow = Display?.ShadowSize ?? 0;
        if (!_ram.TryAllocate(Config.Memory, shadow, _memory, ref text))
        {
            StopReason.Finish(text);
            State = VmState.Failed;
            return false;
        }

        if (!Virtio.TryTakeMemory(_host.Memory, ref text))
        {
            StopReason.Finish(text);
            ReleaseMemory();
            State = VmState.Failed;
            return false;
        }

        Display?.Start(_ram.Shadow, _ram.ShadowPhysical);
        return (_nested.Create() && MapRam()) || FailWithoutTables();
    }

    private bool MapRam()
    {
        for (int i = 0; i < _memory.SlotCount; i++)
        {
            MemorySlot slot = _memory[i];
            if (!_nested.Map(slot.GuestPhysical, slot.HostPhysical, slot.Length, NestedAccess.All))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryPowerOn()
    {
        Platform.Reset();
        if (Display is { } display && !display.PowerOn())
        {
            return FailWithoutTables();
        }

        Platform.Cmos.SetTime(_host.UnixTimeNow, _host.Clock.Now);
        Platform.Cmos.SetMemorySize(_ram.LowBytes, _ram.HighBytes);
        Console.Reset();
        _power.Clear();
        _msrs.Reset();
        _clock.SetTsc(0);
        VirtualProcessor cpu = Vcpu.Processor;
        PowerOns++;
        Vcpu.Reset();
        cpu.NestedRoot = _nested.Root;
        TextBuilder error = StopReason.Begin(StopKind.CannotStart);
        if (!TryLoad(ref error))
        {
            StopReason.Finish(error);
            ReleaseMemory();
            State = VmState.Failed;
            return false;
        }

        StopReason.Clear();
        _bootState.Apply(cpu);
        cpu.TscOffset = _clock.TscOffset;
        ProcessorTime = 0;
        _startedAt = _host.Clock.Now;
        State = VmState.Running;
        return true;
    }

    private bool TryLoad(ref TextBuilder error)
    {
        if (!_memory.TrySlice(PlatformLayout.FirmwareBase, (int)PlatformLayout.FirmwareLength, out Span<byte> firmware))
        {
            error.Append("memory of less than 1M holds no ACPI tables; raise memory");
            return false;
        }

        AcpiTables.Build(firmware, PlatformLayout.FirmwareBase, new AcpiPlatform(Config.EffectiveProcessors, ioApicId: 0));
        return Files.TryLoad(Config, _memory, Display?.Describe() ?? default, _clock.TscFrequency, _bootState, ref error);
    }

    private void ReleaseMemory()
    {
        _nested.Destroy();
        Virtio.ReleaseMemory();
        _ram.Free();
        _memory.Clear();
    }

    private bool FailWithoutTables()
    {
        ReleaseMemory();
        return Fail("memory for its nested page tables has run out; stop another VM or give this one less memory");
    }

    private bool Fail(ReadOnlySpan<char> why)
    {
        StopReason.Set(StopKind.CannotStart, why);
        State = VmState.Failed;
        return false;
    }
}
