using HyperCore.Core.Devices;
using HyperCore.Core.Time;

namespace HyperCore.Core.Platform;

/// <summary>
/// The virtual PC around a VM's processors: every chip, who is wired to whom, and which addresses each answers at. Built once when HyperCore
/// starts; <see cref="Reset"/> is the power-on.
/// </summary>
public sealed class VirtualPlatform
{
    private const ushort PciAddressPort = 0xCF8;
    private const ushort PciDataPort = 0xCFC;
    private const int ApicPageSize = 0x1000;

    /// <summary>Builds the PC.</summary>
    /// <param name="clock">The VM's clock.</param>
    /// <param name="serial">Where the bytes of COM1 go.</param>
    /// <param name="power">Who is told that the guest turned the machine off or reset it.</param>
    /// <param name="apics">
    /// The registers of its processors' local APICs, as many as it has processors; their local APIC IDs are 0, 1, 2 and so on, and 0 is the boot processor's.
    /// </param>
    public VirtualPlatform(GuestClock clock, SerialOutput serial, PowerControl power, params ApicRegisterPage[] apics)
    {
        int processors = apics.Length;
        Apics = new ApicBus { Attention = Attention };
        Timers = new TimerSet { Attention = Attention };
        Clocks = new VcpuClock[processors];
        LocalApicTimers = new TimerSet[processors];
        LocalApics = new LocalApic[processors];
        for (int i = 0; i < processors; i++)
        {
            Clocks[i] = new VcpuClock(clock);
            LocalApicTimers[i] = new TimerSet { Attention = Attention };
            LocalApics[i] = new LocalApic((uint)i, Apics, Clocks[i], LocalApicTimers[i], apics[i]);
        }

        LocalApicPage = new LocalApicWindow(LocalApics);
        IoApic = new IoApic(Apics);
        Pics = new Pic8259Pair(LocalApic.Lint0);
        var isa = new IsaInterrupts(Pics, IoApic);
        var pit = new Pit8254(clock, Timers, isa[0]);
        Keyboard = new I8042(isa[1], isa[12], power);
        Uart = new Uart16550(isa[4], serial);
        Cmos = new Cmos(clock, Timers, isa[8]);
        AcpiPm = new AcpiPm(clock, Timers, isa[PlatformLayout.SciInterrupt], power);
        Pci = new PciHostBridge(Devices, new PciInterrupts(IoApic));

        Devices.AddPorts(Pic8259Pair.MasterPort, 2, Pics);
        Devices.AddPorts(Pic8259Pair.SlavePort, 2, Pics);
        Devices.AddPorts(Pic8259Pair.EdgeLevelPort, 2, Pics);
        Devices.AddPorts(Pit8254.FirstPort, 4, pit);
        Devices.AddPorts(SystemControlPortB.Port, 1, new SystemControlPortB(pit, clock));
        Devices.AddPorts(I8042.DataPort, 1, Keyboard);
        Devices.AddPorts(I8042.CommandPort, 1, Keyboard);
        Devices.AddPorts(Cmos.FirstPort, Cmos.PortCount, Cmos);
        Devices.AddPorts(Uart16550.Com1, Uart16550.PortCount, Uart);
        Devices.AddPorts(AcpiPm.FirstPort, AcpiPm.PortCount, AcpiPm);
        Devices.AddPorts(AcpiPmTimer.FirstPort, AcpiPmTimer.PortCount, AcpiPm.Timer);
        var reset = new ResetControl(power);
        Devices.AddPorts(ResetControl.FastPort, 1, reset);
        Devices.AddPorts(ResetControl.ResetPort, 1, reset);

        Requests = new RequestPort { Attention = Attention };
        Devices.AddPorts(RequestPort.Port, 1, Requests);

        // CONFIG_ADDRESS answers to 32-bit accesses at CF8h only; CF9h in the middle of it is the reset register.
        Devices.AddPorts(PciAddressPort, 1, Pci);
        Devices.AddPorts(PciDataPort, 4, Pci);
        Devices.AddMemory(PlatformLayout.EcamBase, PlatformLayout.EcamLength, Pci);
        Devices.AddMemory(PlatformLayout.IoApicBase, ApicPageSize, IoApic);
        Devices.AddMemory(PlatformLayout.LocalApicBase, ApicPageSize, LocalApicPage);
    }

    /// <summary>Raised whenever something of the platform has changed that other processors may have to know of.</summary>
    public AttentionFlag Attention { get; } = new();

    /// <summary>Which device answers where.</summary>
    public DeviceMap Devices { get; } = new();

    /// <summary>The timers of all devices but the local APICs.</summary>
    public TimerSet Timers { get; }

    /// <summary>The timer of each processor's local APIC.</summary>
    public TimerSet[] LocalApicTimers { get; }

    /// <summary>Each processor's clock.</summary>
    public VcpuClock[] Clocks { get; }

    /// <summary>What connects the interrupt controllers.</summary>
    public ApicBus Apics { get; }

    /// <summary>The boot processor's local APIC.</summary>
    public LocalApic LocalApic => LocalApics[0];

    /// <summary>Each processor's local APIC.</summary>
    public LocalApic[] LocalApics { get; }

    /// <summary>The page at which each processor finds its own local APIC.</summary>
    public LocalApicWindow LocalApicPage { get; }

    /// <summary>The I/O APIC.</summary>
    public IoApic IoApic { get; }

    /// <summary>The 8259 pair.</summary>
    public Pic8259Pair Pics { get; }

    /// <summary>Keyboard controller with keyboard and mouse.</summary>
    public I8042 Keyboard { get; }

    /// <summary>COM1.</summary>
    public Uart16550 Uart { get; }

    /// <summary>RTC and CMOS RAM.</summary>
    public Cmos Cmos { get; }

    /// <summary>Power management registers.</summary>
    public AcpiPm AcpiPm { get; }

    /// <summary>Where the guest asks for the menu.</summary>
    public RequestPort Requests { get; }

    /// <summary>The PCI bus. Functions are added to it while the VM is built.</summary>
    public PciHostBridge Pci { get; }

    /// <summary>Puts a display on the PCI bus; only while the VM is built.</summary>
    public void AddDisplay(BochsDisplay display)
    {
        Pci.Add(PlatformLayout.DisplaySlot, 0, display);
        Devices.AddPorts(BochsDisplay.IndexPort, BochsDisplay.PortCount, display.Ports);
        Devices.AddPorts(VgaRegisters.FirstPort, VgaRegisters.PortCount, display.Ports);
    }

    /// <summary>Power-on: every chip into its reset state, then what firmware would have set up for an OS.</summary>
    public void Reset()
    {
        // BARs leave the map first, because it must not change while its devices are reset.
        Pci.Reset();
        Devices.ResetAll();
        Pci.AssignResources();
        LocalApic.ConfigureVirtualWire();
    }
}
