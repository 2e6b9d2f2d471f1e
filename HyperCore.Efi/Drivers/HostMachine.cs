using System;
using HyperCore.Core.Acpi.Host;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Panic;
using HyperCore.Efi.Startup;

namespace HyperCore.Efi.Drivers;

/// <summary>The real machine's devices, brought up in the one order that works: what a failure needs to be shown comes first.</summary>
public sealed unsafe class HostMachine
{
    /// <summary>
    /// Takes the machine's devices over. Boot services have ended, interrupts are off and stay off: the main loop opens them while it
    /// waits or runs a guest.
    /// </summary>
    /// <param name="information">What start-up found.</param>
    /// <param name="version">HyperCore's version, for the panic report.</param>
    /// <param name="serial">The serial port of the log, not touched yet; null for none.</param>
    /// <param name="timerHandler">What runs when the local APIC's timer fires.</param>
    public HostMachine(StartupInformation information, string version, Serial16550? serial, InterruptHandler timerHandler)
    {
        if (serial != null && serial.Initialize())
        {
            Serial = serial;
        }

        PanicHandler.Install(version, Serial);
        ulong* stackTops = stackalloc ulong[Cpu.DescriptorTables.StackCount];
        for (int i = 0; i < Cpu.DescriptorTables.StackCount; i++)
        {
            stackTops[i] = information.InterruptStackTop(i);
        }

        DescriptorTables = new DescriptorTables(new ReadOnlySpan<ulong>(stackTops, Cpu.DescriptorTables.StackCount));
        DescriptorTables.Load();
        PcpuBlock.Load(PcpuBlock.OfBootProcessor(), 0);
        PanicHandler.SetTablesLoaded();

        Tables = HostAcpiTables.Open(new HostMemoryReader(information.MemoryMap), information.RootSystemDescriptionPointer, out string problem);
        AcpiProblem = problem;
        if (Tables != null)
        {
            Fadt = HostFadt.Parse(Tables.Find(HostTableSignature.Fadt));
            Madt = HostMadt.Parse(Tables.Find(HostTableSignature.Madt));
            Mcfg = HostMcfg.Parse(Tables.Find(HostTableSignature.Mcfg));
        }

        Pci = HostPci.Create(Mcfg, information.PageTables);
        Clock = HostClock.Create(Fadt, information.StartTsc);
        PanicHandler.SetClock(Clock);
        LocalApic = new HostLocalApic(Clock);
        LocalApic.Initialize(timerHandler, Math.Max(information.Processors.HighestApicId, TestSwitches.HighestApicId));
        IoApic = new HostIoApic(Madt);
        IoApic.Initialize();
        Power = new HostPower(Tables, Fadt, Clock);
        Keyboard = new I8042Driver(Clock);
        Keyboard.Initialize();
        RouteInput();
    }

    /// <summary>The boot processor's descriptor tables, whose IDT all pCPUs use.</summary>
    public DescriptorTables DescriptorTables { get; }

    /// <summary>The log's serial port; null when there is none.</summary>
    public Serial16550? Serial { get; }

    /// <summary>The ACPI tables; null when there are none, see <see cref="AcpiProblem"/>.</summary>
    public HostAcpiTables? Tables { get; }

    /// <summary>Why there are no ACPI tables, for people to read; empty when there are.</summary>
    public string AcpiProblem { get; }

    /// <summary>The FADT; null when there is none.</summary>
    public HostFadt? Fadt { get; }

    /// <summary>The MADT; null when there is none.</summary>
    public HostMadt? Madt { get; }

    /// <summary>The MCFG; null when there is none.</summary>
    public HostMcfg? Mcfg { get; }

    /// <summary>The PCI functions.</summary>
    public HostPci Pci { get; }

    /// <summary>The clock.</summary>
    public HostClock Clock { get; }

    /// <summary>The local APIC of the boot processor.</summary>
    public HostLocalApic LocalApic { get; }

    /// <summary>The I/O APICs.</summary>
    public HostIoApic IoApic { get; }

    /// <summary>Power-off and reset.</summary>
    public HostPower Power { get; }

    /// <summary>Keyboard and mouse; see <see cref="I8042Driver.IsPresent"/>.</summary>
    public I8042Driver Keyboard { get; }

    private void RouteInput()
    {
        // Each handler runs once after its pin is open: a byte that came before raised its edge then, and would hold every later one back.
        if (Serial != null)
        {
            InterruptHandler received = Serial.EnableReceiveInterrupt();
            IoApic.Route(Serial.Irq, (byte)(InterruptVector.Isa + Serial.Irq), LocalApic.Id, received);
            received.Handle();
        }

        if (!Keyboard.IsPresent)
        {
            return;
        }

        InterruptHandler handler = Keyboard.CreateInterruptHandler();
        IoApic.Route(I8042Driver.KeyboardIrq, InterruptVector.Isa + I8042Driver.KeyboardIrq, LocalApic.Id, handler);
        if (Keyboard.HasMouse)
        {
            IoApic.Route(I8042Driver.MouseIrq, InterruptVector.Isa + I8042Driver.MouseIrq, LocalApic.Id, handler);
        }

        handler.Handle();
    }
}
