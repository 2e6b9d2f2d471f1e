using System.Runtime;
using HyperCore.Core.Config;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Firmware;
using HyperCore.Core.Machine;
using HyperCore.Core.Memory;
using HyperCore.Core.Menu;
using HyperCore.Core.Processor;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Drivers;
using HyperCore.Efi.Firmware;
using HyperCore.Efi.Memory;
using HyperCore.Efi.Panic;
using HyperCore.Efi.Pcpus;
using HyperCore.Efi.Startup;
using HyperCore.Efi.Svm;
using HyperCore.Efi.Virtualization;
using HyperCore.Efi.Vmx;

namespace HyperCore.Efi;

/// <summary>Puts HyperCore together once start-up has made the machine ours, and runs it.</summary>
public static unsafe class Hypervisor
{
    private const int MaxVcpus = HyperCoreConfig.MaxVirtualMachines * VirtualMachineConfig.MaxProcessors;

    // What the firmware's boot menu shows.
    private const string BootEntryTitle = "HyperCore";

    private static ConfiguredMachines? s_configured;

    /// <summary>Before ExitBootServices: the last chance to load files and to turn back.</summary>
    /// <returns>Null to carry on, else why HyperCore cannot start.</returns>
    public static string? Prepare(StartupInformation information)
    {
        s_configured = ConfiguredMachines.Load(information);
#if PANIC_TEST
        TestSwitches.Load(information);
#endif
        information.Trust.ReadRegisters();
        return null;
    }

    /// <summary>After ExitBootServices, with interrupts off, on HyperCore's own stack and page tables. Does not return.</summary>
    public static void Run(StartupInformation information)
    {
        ConfiguredMachines configured = s_configured!;
        var machine = new HostMachine(information, ProductVersion.Text, SerialPortOf(configured.Config), new AttentionHandler());
        var pcpus = new HostPcpus(machine, information.Processors.Count);
        var services = new MachineServices(machine, pcpus);
        Framebuffer? screen = HostScreen.Open(information.Framebuffer);
        if (screen is { } display)
        {
            var renderer = new FramebufferRenderer(display);
            PanicHandler.SetScreen(renderer, renderer.CreateScreen());
        }

        HostFramebuffer? hostScreen = HostScreen.Describe(information.Framebuffer, screen, machine.Pci, information.PageTables);
        PanicHandler.SetModes(hostScreen);
        var mirror = new AnsiMirror(services.Serial);
        var history = new LogHistory();
        var log = new Log(machine.Clock, configured.Config.LogLevel);
        log.AddSink(history);
        log.AddSink(new SerialLogSink(mirror));

        HostPci pci = machine.Pci;
        HostUsb.StopDma(pci);
        HostUplink.StopDma(pci);
        FrameAllocator memory = MachineMemory.Create(information.MemoryMap);
        var processor = new PhysicalProcessor();
        VirtualizationHost virtualization = CreateVirtualization(memory, processor, information.Processors.Count, machine.Clock.TscFrequency);
        string? obstacle = virtualization.WhyNot();
        if (obstacle == null)
        {
            virtualization.Enable(0);
        }

        var starter = new PcpuStarter(information, machine, pcpus, virtualization, obstacle == null, processor);
        starter.StartAll();

        var host = new VirtualMachineHost(
            virtualization.GuestProcessor, machine.Clock, memory, new NestedFrames(memory), new Dispatcher(services, MaxVcpus))
        {
            Framebuffer = hostScreen,
            Obstacle = obstacle,
            Entropy = HardwareEntropy.Find(processor),
            NestedFormat = virtualization.NestedFormat,
            HasNested1GPages = virtualization.HasNested1GPages,
            NestedLevels = virtualization.NestedLevels,
            UnixTimeAtStart = UnixTimeAtClockZero(information, machine),
            Variables = ReachVariables(information, virtualization, memory),
        };
        MachineFacts facts = MachineDescription.Create(information, machine, processor, pcpus.Count, virtualization, memory, HostUsb.IsPresent(pci));
        MachineDescription.Log(log, facts, information, machine, processor, pcpus.Count, virtualization.Name, obstacle);
        information.Runtime.WriteTo(log);
        starter.WriteTo(log);
        information.Trust.WriteTo(log);
        configured.Report.WriteTo(log);
        services.UsbControllers = HostUsb.Create(machine, pci, information.PageTables, memory, log);

        host.Network = HostUplink.Create(configured.Config, machine, information.PageTables, memory, log);

        var machines = new VirtualMachine[configured.Count];
        for (int i = 0; i < machines.Length; i++)
        {
            var vcpus = new VirtualProcessor[configured.Config[i].Processors];
            for (int vcpu = 0; vcpu < vcpus.Length; vcpu++)
            {
                vcpus[vcpu] = virtualization.CreateVcpu(TakePages(memory, virtualization.VcpuMemorySize), vcpus.Length);
            }

            machines[i] = new VirtualMachine(i, configured.Config[i], configured.FilesOf(i), host, vcpus);
        }

        var overview = new MachineOverview(facts, configured.Report, history, host)
        {
            BootEntries = new BootEntries(host.Variables, information.BootPath, BootEntryTitle, information.BootProgram),
        };
        var supervisor = new Supervisor(services, configured.Config, overview, machines, host, mirror, screen, log, hostScreen);
        var loops = new PcpuLoop[pcpus.Count];
        for (int i = 1; i < loops.Length; i++)
        {
            loops[i] = supervisor.CreateLoop(services.Pcpu(i));
        }

        MachineDescription.TellMemory(log, facts, information);
        log.Write(LogLevel.Debug, $"memory: heap used={(ulong)Arena.Used >> 10}K of={(ulong)Arena.Capacity >> 10}K");
        Arena.Seal();
        services.StartPcpus(pcpu => loops[pcpu.Index].Run());
        supervisor.Start();
#if PANIC_TEST
        TestSwitches.ProvokePanic(services);
#endif
        supervisor.Run();
    }

    private static Serial16550? SerialPortOf(HyperCoreConfig config) => config.Serial switch
    {
        SerialPort.None => null,
        SerialPort.Com2 => new Serial16550(Serial16550.Com2),
        _ => new Serial16550(Serial16550.Com1),
    };

    private static VirtualizationHost CreateVirtualization(FrameAllocator memory, PhysicalProcessor processor, int pcpus, ulong tscFrequency) =>
        VmxAvailability.IsChosen(processor)
            ? new VmxHost(TakePages(memory, VmxHost.MemorySize), processor, pcpus, tscFrequency)
            : new SvmHost(TakePages(memory, SvmHost.MemorySize), processor, pcpus);

    private static FirmwareVariables ReachVariables(StartupInformation information, VirtualizationHost virtualization, FrameAllocator memory)
    {
        RuntimePreparation runtime = information.Runtime;
        if (runtime.Obstacle != null || runtime.Tables is not { } tables)
        {
            return new NoVariables(runtime.Obstacle ?? "");
        }

        var call = new FirmwareCall(information.PageTables, tables, virtualization, TakePages(memory, FirmwareCall.MemorySize(virtualization)));
        return new UefiVariables(call, information.RuntimeServices);
    }

    private static byte* TakePages(FrameAllocator memory, int size)
    {
        if (!memory.TryAllocateContiguous((ulong)size, FrameAllocator.FrameSize, ulong.MaxValue, FrameOwner.HyperCore, out ulong address))
        {
            PanicHandler.Stop("not enough memory for the processor's virtualization structures");
        }

        HostMemory.Zero((byte*)address, (ulong)size);
        return (byte*)address;
    }

    private static ulong UnixTimeAtClockZero(StartupInformation information, HostMachine machine)
    {
        if (information.WallClockSeconds == 0)
        {
            return 0;
        }

        ulong since = (Intrinsics.ReadTsc() - information.WallClockTsc) / machine.Clock.TscFrequency;
        return information.WallClockSeconds + since - (machine.Clock.Now / 1_000_000_000);
    }

    private sealed class AttentionHandler : InterruptHandler
    {
        public override void Handle() => Attention.Request();
    }
}
