using System;
using System.Collections.Generic;
using HyperCore.Core.Config;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Exits;
using HyperCore.Core.Menu;

namespace HyperCore.Tests.Menu;

/// <summary>A machine with VMs that are only names and figures.</summary>
internal sealed class FakeMachine : MachineView
{
    private static readonly string[] s_log =
    [
        "[    0.000000] info  hypercore: version=0.1.0 cpu=\"AMD EPYC-Rome\" virt=svm pcpus=4 memory=8192M",
        "[    0.021334] info  hypercore: display 1280x800, 32 bits a pixel, at c0000000",
        "[    0.104211] info  config: \\EFI\\HyperCore\\hypercore.conf: 3 virtual machines",
        "[    0.310774] warn  svm: no next-RIP save: instructions are decoded",
        "[    0.412903] info  menu: shown",
        "[    4.871120] info  vm: mail starting",
        "[    5.034508] info  vm: mail running cpus=2 memory=512M",
        "[    5.034610] info  foreground: mail",
        "[   19.330021] error vm: test failed reason=\"triple fault at 0010:0000000000001000\"",
        "[   21.002187] info  foreground: menu",
    ];

    public List<FakeVm> Vms { get; } = [];

    public List<string> Problems { get; } = [];

    public FakeMachine()
    {
        foreach (string line in s_log)
        {
            AddLog(line);
        }
    }

    public string Obstacle { get; set; } = "";

    public ConfigurationState State { get; set; } = ConfigurationState.Good;

    public ulong Time { get; set; } = 754_000_000_000;

    public override string Version => "0.1.0";

    public override ulong Now => Time;

    public override int VmCount => Vms.Count;

    public override ConfigurationState Configuration => State;

    public override string ConfigurationPath => "\\EFI\\HyperCore\\hypercore.conf";

    public override string ConfigurationPlace => "on the partition HyperCore was started from";

    public override int ProblemCount => Problems.Count;

    public override ulong MemoryTotal => 8UL << 30;

    public override ulong MemoryFree => 5632UL << 20;

    public override int FactCount => 6;

    public override int FeatureCount => 9;

    public override LineHistory Log { get; } = new(512, 1 << 16);

    public override Hotkey MenuHotkey { get; } = new HyperCoreConfig().MenuHotkey;

    public override Hotkey NextHotkey { get; } = new HyperCoreConfig().NextHotkey;

    public static FakeMachine CreateUsual()
    {
        var machine = new FakeMachine();
        machine.Vms.Add(new FakeVm("mail", "Mail and browser", VmState.Running) { Foreground = true });
        machine.Vms.Add(new FakeVm("demo", "Demo Linux", VmState.Stopped) { Reason = "powered off" });
        machine.Vms.Add(new FakeVm("build", "Build server", VmState.Paused));
        machine.Vms.Add(new FakeVm("test", "Kernel test", VmState.Failed) { Reason = "triple fault at 0010:0000000000001000" });
        return machine;
    }

    public void AddLog(string line) => Log.Add(line, (byte)(line[15] switch
    {
        'e' => LogLevel.Error,
        'w' => LogLevel.Warning,
        _ => LogLevel.Info,
    }));

    public override bool TryGetTimeOfDay(out int hour, out int minute)
    {
        hour = 14;
        minute = 7;
        return true;
    }

    public override string GetVmName(int vm) => Vms[vm].Name;

    public override string GetVmTitle(int vm) => Vms[vm].Title;

    public override void GetVmStatus(int vm, out VmStatus status)
    {
        FakeVm it = Vms[vm];
        status = new VmStatus
        {
            State = it.State,
            IsForeground = it.Foreground,
            MemorySize = 512UL << 20,
            Processors = 2,
            Uptime = 734_000_000_000,
            Exits = it.State is VmState.Running or VmState.Paused ? 1_234_567UL : 0,
            ExitRate = it.State == VmState.Running ? 2310UL : 0,
            CpuPercent = it.State == VmState.Running ? 137 : 0,
            CanShutDown = it.CanShutDown,
            IsStopping = it.IsStopping,
            StopsIn = it.IsStopping ? 11_300_000_000UL : 0,
        };
    }

    public override void GetTotals(out MachineTotals totals) =>
        totals = new MachineTotals { Processors = 4, CpuPercent = 137, ExitRate = 2310, Running = 2, GuestMemory = 1UL << 30 };

    public override LineHistory GetVmConsole(int vm) => Vms[vm].Console;

    public override void GetVcpuStatus(int vm, int vcpu, out VcpuStatus status) => status = new VcpuStatus
    {
        State = Vms[vm].State == VmState.Paused ? VcpuState.Paused : vcpu == 0 ? VcpuState.Running : VcpuState.Halted,
        Pcpu = vcpu,
        CpuPercent = vcpu == 0 ? 98 : 39,
        RunTime = 312_000_000_000,
        Exits = 600_000,
        ExitRate = 1155,
        LastExit = vcpu == 0 ? ExitReason.PortIo : ExitReason.Halt,
    };

    public override int GetExitShares(int vm, Span<ExitShare> shares)
    {
        ExitShare[] all =
        [
            new ExitShare { Reason = ExitReason.PortIo, Count = 801_234, Rate = 1420 },
            new ExitShare { Reason = ExitReason.MemoryFault, Count = 301_002, Rate = 512 },
            new ExitShare { Reason = ExitReason.Halt, Count = 98_331, Rate = 310 },
            new ExitShare { Reason = ExitReason.ExternalInterrupt, Count = 34_000, Rate = 68 },
        ];
        all.CopyTo(shares);
        return all.Length;
    }

    public override int GetTraceCount(int vm, int vcpu) => 256;

    public override ulong WriteTrace(int vm, int vcpu, int age, ref TextBuilder words)
    {
        var exit = new VmExit { Reason = age % 3 == 2 ? ExitReason.MemoryFault : ExitReason.PortIo, Port = 0x3F8, Size = 1, IsWrite = age % 3 == 0, GuestPhysical = 0xFEE0_00B0 };
        ExitText.Append(ref words, exit);
        return 0xFFFF_FFFF_81A0_1234 + (ulong)age;
    }

    public override int GetVmDeviceCount(int vm) => 2;

    public override string WriteVmDevice(int vm, int index, ref TextBuilder value)
    {
        value.Append(index == 0 ? "1280 x 800, on the screen" : "\\EFI\\HyperCore\\demo\\disk.img, 64M");
        return index == 0 ? "Display" : "Disk";
    }

    public override void WriteVmReason(int vm, ref TextBuilder reason) => reason.Append(Vms[vm].Reason);

    public override int GetVmSettingCount(int vm) => 4;

    public override string WriteVmSetting(int vm, int index, ref TextBuilder value)
    {
        (string label, string text) = index switch
        {
            0 => ("Boot", "Linux"),
            1 => ("Kernel", "\\EFI\\HyperCore\\demo\\vmlinuz"),
            2 => ("Initrd", "\\EFI\\HyperCore\\demo\\initrd.img"),
            _ => ("Arguments", "console=tty0 console=ttyS0 quiet"),
        };
        value.Append(text);
        return label;
    }

    public override string WriteFact(int index, ref TextBuilder value, out FactLevel level)
    {
        level = index == 1 ? FactLevel.Good : FactLevel.Neutral;
        (string label, string text) = index switch
        {
            0 => ("Processor", "AMD EPYC 7B13 64-Core Processor"),
            1 => ("Virtualized", "AMD SVM with nested paging"),
            2 => ("CPUs", "4, 2450 MHz"),
            3 => ("Firmware", "EDK II 2.70, UEFI 2.7"),
            4 => ("Display", "1280 x 800"),
            _ => ("Serial", "COM1, 115200 baud"),
        };
        value.Append(text);
        return label;
    }

    public override string GetFeature(int index, out FactLevel level)
    {
        level = index is 2 or 3 or 5 ? FactLevel.Neutral : FactLevel.Good;
        return index switch
        {
            0 => "SVM",
            1 => "Nested paging",
            2 => "NRIP save",
            3 => "Decode assists",
            4 => "ASIDs",
            5 => "Flush by ASID",
            6 => "1G pages",
            7 => "x2APIC",
            _ => "XSAVE",
        };
    }

    public override ReadOnlySpan<char> GetProblem(int index) => Problems[index];

    public override void WriteObstacle(ref TextBuilder reason) => reason.Append(Obstacle);

    internal sealed class FakeVm(string name, string title, VmState state)
    {
        public string Name => name;

        public string Title => title;

        public VmState State { get; set; } = state;

        public bool Foreground { get; set; }

        public bool CanShutDown { get; set; }

        public bool IsStopping { get; set; }

        public LineHistory Console { get; } = new(64, 4096);

        public string Reason { get; set; } = "";
    }
}
