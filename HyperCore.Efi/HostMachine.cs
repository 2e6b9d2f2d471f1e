using System;
using HyperCore.Core.Acpi.Host;
using HyperCore.Core.Console;
using HyperCore.Core.Machine;
using HyperCore.Core.Time;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Drivers;
using HyperCore.Efi.Memory;
using HyperCore.Efi.Panic;
using HyperCore.Efi.Startup;

namespace HyperCore.Efi;

/// <summary>The real machine under HyperCore: processor tables, interrupt controllers, clock, serial line, keyboard and mouse.</summary>
internal sealed unsafe class HostMachine : HostServices
{
    private const int KeyboardInterrupt = 1;
    private const int MouseInterrupt = 12;

    private readonly HostClock _clock;
    private readonly Serial16550 _serial;
    private readonly HostLocalApic _apic;
    private readonly I8042Driver _keyboard;
    private readonly HostPower _power;

    /// <summary>Takes the machine over. Interrupts are off, and stay off but where the main loop lets them in.</summary>
    /// <param name="information">What start-up found.</param>
    /// <param name="serial">The serial port; not touched by anybody else.</param>
    public HostMachine(StartupInformation information, Serial16550 serial)
    {
        _serial = serial;
        Span<ulong> stacks = stackalloc ulong[DescriptorTables.StackCount];
        for (int i = 0; i < stacks.Length; i++)
        {
            stacks[i] = information.InterruptStackTop(i);
        }

        Tables = new DescriptorTables(stacks);
        Tables.Load();
        PanicHandler.SetTablesLoaded();

        HostAcpiTables? acpi = HostAcpiTables.Open(new IdentityMemory(information.MemoryMap), information.RootSystemDescriptionPointer, out string problem);
        AcpiProblem = problem;
        HostFadt? fadt = acpi == null ? null : HostFadt.Parse(acpi.Find(HostTableSignature.Fadt));
        Madt = acpi == null ? null : HostMadt.Parse(acpi.Find(HostTableSignature.Madt));

        var ioApic = new HostIoApic(Madt);
        ioApic.Initialize();
        _clock = HostClock.Create(fadt);
        PanicHandler.SetClock(_clock);
        _apic = new HostLocalApic(_clock);
        _apic.Initialize(new TimerHandler());
        _power = new HostPower(acpi, fadt, _clock);
        _keyboard = new I8042Driver(_clock);
        if (_keyboard.Initialize())
        {
            InterruptHandler handler = _keyboard.CreateInterruptHandler();
            ioApic.Route(KeyboardInterrupt, InterruptVector.Isa + KeyboardInterrupt, _apic.Id, handler);
            ioApic.Route(MouseInterrupt, InterruptVector.Isa + MouseInterrupt, _apic.Id, handler);
        }

        if (serial.IsPresent)
        {
            ioApic.Route(serial.Irq, (byte)(InterruptVector.Isa + serial.Irq), _apic.Id, serial.EnableReceiveInterrupt());
        }
    }

    /// <summary>GDT, TSS and IDT.</summary>
    public DescriptorTables Tables { get; }

    /// <summary>Why there are no ACPI tables; empty when there are.</summary>
    public string AcpiProblem { get; }

    /// <summary>The interrupt controllers and processors that ACPI names; null without tables.</summary>
    public HostMadt? Madt { get; }

    /// <summary>Where the TSC's frequency comes from.</summary>
    public string ClockSource => _clock.Source;

    /// <summary>A keyboard answered.</summary>
    public bool HasKeyboard => _keyboard.HasKeyboard;

    /// <summary>A mouse answered.</summary>
    public bool HasMouse => _keyboard.HasMouse;

    /// <inheritdoc/>
    public override Clock Clock => _clock;

    /// <inheritdoc/>
    public override int* Attention => Cpu.Attention.Cell();

    /// <inheritdoc/>
    public override ByteSink Serial => _serial;

    /// <inheritdoc/>
    public override int MousePacketLength => _keyboard.HasMouse ? _keyboard.MousePacketLength : 3;

    /// <inheritdoc/>
    public override bool CanPowerOff => _power.CanPowerOff;

    /// <inheritdoc/>
    public override void ArmTimer(ulong deadline)
    {
        if (deadline == VirtualTimer.Never)
        {
            _apic.CancelTimer();
        }
        else
        {
            _apic.ArmTimer(deadline);
        }
    }

    /// <inheritdoc/>
    public override void TakeInterrupts()
    {
        // STI holds interrupts off for one more instruction: the call back gives it, and what waits is taken before CLI.
        Intrinsics.EnableInterrupts();
        Intrinsics.Pause();
        Intrinsics.DisableInterrupts();
    }

    /// <inheritdoc/>
    public override void WaitForInterrupt()
    {
        Intrinsics.WaitForInterrupt();
        Intrinsics.DisableInterrupts();
    }

    /// <inheritdoc/>
    public override bool TryReadInput(out byte value, out bool isMouse)
    {
        bool found = _keyboard.Input.TryTake(out value, out byte tag);
        isMouse = tag == I8042Driver.MouseTag;
        return found;
    }

    /// <inheritdoc/>
    public override bool TryReadSerial(out byte value) => _serial.Input.TryTake(out value, out _);

    /// <inheritdoc/>
    public override void PowerOff() => _power.PowerOff();

    /// <inheritdoc/>
    public override void Reset() => _power.Reset();

    private sealed class TimerHandler : InterruptHandler
    {
        public override void Handle() => Cpu.Attention.Request();
    }
}
