using System.IO;
using System.Runtime.CompilerServices;
using System.Text;
using CsCheck;
using HyperCore.Core.Config;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;
using Xunit;

namespace HyperCore.Tests.Config;

public sealed class ConfigParserTests
{
    private const string Minimal = "[vm a]\nkernel=\\k\nmemory=64M\n";

    [Fact]
    public void Parse_Network_IsOffUnlessWanted()
    {
        HyperCoreConfig config = Good(Minimal + "[vm b]\nkernel=\\k\nmemory=64M\nnetwork = yes\n");
        Assert.Equal(UplinkKind.Auto, config.Uplink);
        Assert.Equal((false, true, 1), (config[0].Network, config[1].Network, config.NetworkCount));
        Assert.Equal(UplinkKind.None, Good("[hypercore]\nuplink = none").Uplink);
        HyperCoreConfig named = Good("[hypercore]\nuplink = 03:1f.2");
        Assert.Equal(UplinkKind.Address, named.Uplink);
        Assert.Equal((3, (0x1F << 3) | 2), ((int)named.UplinkAddress.Bus, (int)named.UplinkAddress.DeviceFunction));
    }

    [Fact]
    public void Settings_OneVmAtMost()
    {
        (HyperCoreConfig config, ConfigDiagnostics diagnostics) = Settings("yes", "no");
        Assert.Equal(0, diagnostics.ErrorCount);
        Assert.True(config[0].Settings);
        Assert.False(config[1].Settings);
        Assert.Equal(0, Settings("no", "yes").Diagnostics.ErrorCount);
        (config, diagnostics) = Settings("yes", "yes");
        ConfigDiagnostic error = Assert.Single(diagnostics.Errors.ToArray());
        Assert.Equal(8, error.Line);
        Assert.Equal(1, error.Column);
        Assert.Equal("settings = yes: VM a has them already; expected at most one VM with it, so remove it from one of the two", error.Message);
        Assert.False(config[1].Settings);
    }

    private static (HyperCoreConfig Config, ConfigDiagnostics Diagnostics) Settings(string first, string second)
    {
        var config = new HyperCoreConfig();
        var diagnostics = new ConfigDiagnostics();
        string text = $"[vm a]\nkernel = \\k\nmemory = 4M\nsettings = {first}\n[vm b]\nkernel = \\k\nmemory = 4M\nsettings = {second}\n";
        ConfigParser.Parse(System.Text.Encoding.UTF8.GetBytes(text), config, diagnostics);
        return (config, diagnostics);
    }

    [Fact]
    public void Parse_DocumentedExample_ReadsEveryKey()
    {
        HyperCoreConfig config = Good("""
            [hypercore]
            default  = mail            # VM brought to the foreground
            timeout  = 7
            hotkey   = ctrl+shift+f12  ; to the menu
            next     = ctrl+alt+pagedown
            serial   = com2
            log      = trace

            [vm mail]
            title    = Mail and browser – schön
            boot     = linux
            kernel   = \EFI\HyperCore\appliance\vmlinux
            initrd   = /EFI/HyperCore/appliance/initrd.img
            cmdline  = quiet a=b#c
            disk     = \EFI\HyperCore\appliance\data.img
            disk     = /more.img
            memory   = 512M
            cpus     = 1
            display  = none
            hid      = no
            autostart = yes
            share    = 20

            [vm other]
            boot     = multiboot
            kernel   = \k.elf
            module   = \m1 one two
            module   = \m2
            memory   = 65536K
            """);

        Assert.Equal("mail", config.Default);
        Assert.Equal(0, config.DefaultIndex);
        Assert.Equal(7, config.TimeoutSeconds);
        Assert.Equal(new Hotkey(KeyModifiers.Ctrl | KeyModifiers.Shift, 0x58), config.MenuHotkey);
        Assert.Equal(new Hotkey(KeyModifiers.Ctrl | KeyModifiers.Alt, 0x151), config.NextHotkey);
        Assert.Equal(SerialPort.Com2, config.Serial);
        Assert.Equal(LogLevel.Trace, config.LogLevel);
        Assert.Equal(2, config.VirtualMachineCount);

        VirtualMachineConfig mail = config[0];
        Assert.Equal("Mail and browser – schön", mail.Title);
        Assert.Equal(BootKind.Linux, mail.Boot);
        Assert.Equal(@"\EFI\HyperCore\appliance\vmlinux", mail.Kernel);
        Assert.Equal(@"\EFI\HyperCore\appliance\initrd.img", mail.Initrd);
        Assert.Equal("quiet a=b#c", mail.CommandLine);
        Assert.Equal(512ul << 20, mail.Memory);
        Assert.Equal(2, mail.DiskCount);
        Assert.Equal(@"\EFI\HyperCore\appliance\data.img", mail.GetDisk(0));
        Assert.Equal(@"\more.img", mail.GetDisk(1));
        Assert.Equal(DisplayKind.None, mail.Display);
        Assert.False(mail.Hid);
        Assert.True(mail.AutoStart);
        Assert.Equal(20, mail.Share);
        Assert.Null(mail.CannotStart);

        VirtualMachineConfig other = config[1];
        Assert.Equal("other", other.Title);
        Assert.Equal(BootKind.Multiboot, other.Boot);
        Assert.Equal(2, other.ModuleCount);
        Assert.Equal(@"\m1", other.GetModule(0).Path);
        Assert.Equal(@"\m1 one two", other.GetModule(0).Text);
        Assert.Equal(64ul << 20, other.Memory);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\r\n\r\n  ; here")]
    [InlineData("[hypercore]")]
    public void Parse_Empty_MeansDefaults(string text)
    {
        HyperCoreConfig config = Good(text);
        Assert.Equal(0, config.VirtualMachineCount);
        Assert.Equal(-1, config.DefaultIndex);
        Assert.Null(config.Default);
        Assert.Equal(5, config.TimeoutSeconds);
        Assert.Equal(new Hotkey(KeyModifiers.Ctrl | KeyModifiers.Alt, 0x147), config.MenuHotkey);
        Assert.Equal(new Hotkey(KeyModifiers.Ctrl | KeyModifiers.Alt, 0x151), config.NextHotkey);
        Assert.Equal(SerialPort.Com1, config.Serial);
        Assert.Equal(LogLevel.Info, config.LogLevel);
    }

    [Fact]
    public void Parse_ByteOrderMarkAndCrLf_AreAccepted()
    {
        var config = new HyperCoreConfig();
        var diagnostics = new ConfigDiagnostics();
        Assert.True(ConfigParser.Parse([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Minimal.Replace("\n", "\r\n"))], config, diagnostics));
        Assert.Equal("a", config[0].Name);
        Assert.Equal(@"\k", config[0].Kernel);
    }

    [Theory]
    [InlineData("[hypercore]\n\n  timeout = soon", "3:13: timeout: \"soon\" is not a number of seconds; expected 0 to 3600, or none to wait")]
    [InlineData("[vm a]\nkernel=\\k\nmemory=4M\ndisk = data.img", "4:8: disk: \"data.img\" is not a path; expected one from the root of the HyperCore partition, such as \\EFI\\HyperCore\\vmlinuz")]
    [InlineData("[vm a]\nkernel=\\k\nmemory=4M\ndisk=\\a\ndisk=\\b\ndisk=\\c\ndisk=\\d\ndisk=\\e", "8:6: disk: too many; expected at most 4 lines")]
    [InlineData("[vm a]\nboot=firmware\ndisk=\\a", "3:1: disk has no meaning with boot = firmware; expected it to be left out")]
    [InlineData("[vm a]\nkernel=\\k\nmemory = 12Q", "3:10: memory: \"12Q\" is not a size; expected a number followed by K, M or G, such as 512M")]
    [InlineData("[vm a]\nkernel=\\k\nmemory = 1K", "3:10: memory: \"1K\" is not a possible size; expected 2M to 1024G, in steps of 4K")]
    [InlineData("[vm a]\nkernel=\\k\nmemory = 999999999999999G", "3:10: memory: \"999999999999999G\" is not a possible size; expected 2M to 1024G, in steps of 4K")]
    [InlineData("[vm a]\nkernel=\\k\nmemory = # none", "3:10: memory: \"\" is not a size; expected a number followed by K, M or G, such as 512M")]
    [InlineData("[vm a]\nkernel=\\k\nmemroy = 64M\nmemory=64M", "3:1: unknown key \"memroy\" in [vm NAME]; did you mean memory?")]
    [InlineData("[vm a]\nkernel=\\k\nmemory=64M\ntimeout=5", "4:1: \"timeout\" does not belong into [vm NAME]; expected it in [hypercore]")]
    [InlineData("[hypercore]\nfrobnicate=5", "2:1: unknown key \"frobnicate\" in [hypercore]; expected one of default, timeout, hotkey, next, serial, log, uplink")]
    [InlineData("[hypercor]\nx=5", "1:2: unknown section [hypercor]; expected [hypercore] or [vm NAME]; did you mean [hypercore]?")]
    [InlineData("[vm Mail]", "1:5: \"Mail\" is not a VM's name; expected a-z, 0-9 and -, 1 to 31 characters")]
    [InlineData("[vm]", "1:4: \"\" is not a VM's name; expected a-z, 0-9 and -, 1 to 31 characters")]
    [InlineData("[vm a", "1:6: the section's name has no end; expected ]")]
    [InlineData("[hypercore] x", "1:13: expected nothing after the section's name")]
    [InlineData("timeout=5", "1:1: this is in no section; expected [hypercore] or [vm NAME] first")]
    [InlineData("[hypercore]\ntimeout", "2:1: expected a section in brackets, or KEY = VALUE")]
    [InlineData("[hypercore]\ntimeout # = 5", "2:1: expected a section in brackets, or KEY = VALUE")]
    [InlineData("[hypercore]\n[hypercore]", "2:2: there is a section [hypercore] already; expected one")]
    [InlineData("[hypercore]\ntimeout=1\ntimeout=2", "3:1: timeout is set already, in line 2; expected it once")]
    [InlineData("[hypercore]\ndefault=b\n" + Minimal, "2:1: default: there is no VM called \"b\"; did you mean a?")]
    [InlineData("[hypercore]\ndefault=x", "2:1: default: there is no VM called \"x\"; expected the name of a [vm NAME] section")]
    [InlineData("[hypercore]\nhotkey=ctrl+atl+home", "2:13: hotkey: \"atl\" is not a modifier to hold; expected ctrl, alt, shift or win, each once, then a key, such as ctrl+alt+home")]
    [InlineData("[hypercore]\nhotkey=shift+a", "2:8: hotkey: \"shift+a\" is not safe to take away from the VMs; expected ctrl, alt or win in it, such as ctrl+alt+home")]
    [InlineData("[hypercore]\nnext=ctrl+alt+home", "2:1: hotkey and next are the same keys; expected two different combinations")]
    [InlineData("[vm a]\nkernel=\\k\nmemory=64M\n[vm a]", "4:5: there is a VM called a already, in line 1")]
    [InlineData("[vm a]\nkernel=\\k\nmemory=64M\nboot=uefi", "4:6: boot: \"uefi\" is not a way to boot; expected linux, multiboot or firmware")]
    [InlineData("[vm a]\nkernel=\\k", "1:5: VM a has no memory; expected it with boot = linux")]
    [InlineData("[vm a]\nmemory=64M\nboot=multiboot", "1:5: VM a has no kernel; expected it with boot = multiboot")]
    [InlineData("[vm a]\nmemory=64M\nkernel=k", "3:8: kernel: \"k\" is not a path; expected one from the root of the HyperCore partition, such as \\EFI\\HyperCore\\vmlinuz")]
    [InlineData("[vm a]\nkernel=\\k\nmemory=64M\nboot=multiboot\ninitrd=\\i", "5:1: initrd has no meaning with boot = multiboot; expected it to be left out")]
    [InlineData("[vm a]\nboot=firmware\nmemory=64M", "3:1: memory has no meaning with boot = firmware; expected it to be left out")]
    [InlineData(Minimal + "pci=00:20.0", "4:5: pci: \"00:20.0\" is not a PCI device; expected a bus address such as 00:03.0, or vendor:device such as 8086:100e")]
    [InlineData("[hypercore]\nuplink=eth0\n" + Minimal, "2:8: uplink: \"eth0\" is not an uplink; expected auto, none, or the bus address of a network card such as 00:03.0")]
    [InlineData("[hypercore]\nuplink=8086:10d3\n" + Minimal, "2:8: uplink: \"8086:10d3\" is not an uplink; expected auto, none, or the bus address of a network card such as 00:03.0")]
    [InlineData(Minimal + "network=on", "4:9: network: \"on\" is not an answer; expected yes or no")]
    [InlineData(Minimal + "uplink=auto", "4:1: \"uplink\" does not belong into [vm NAME]; expected it in [hypercore]")]
    [InlineData(Minimal + "hid=maybe", "4:5: hid: \"maybe\" is not an answer; expected yes or no")]
    [InlineData(Minimal + "cpus=0", "4:6: cpus: \"0\" is not a number of processors; expected 1 to 8")]
    [InlineData(Minimal + "share=101", "4:7: share: \"101\" is not per cent; expected 1 to 100")]
    [InlineData(Minimal + "title=a\u001b[2J", "4:8: control characters are not allowed here")]
    public void Parse_Mistake_IsReportedWithPlaceAndExpectation(string text, string expected)
    {
        ConfigDiagnostics diagnostics = ParseText(text, out _);
        Assert.Equal(1, diagnostics.ErrorCount);
        Assert.Equal("hypercore.conf:" + expected, Show(diagnostics, diagnostics.Errors[0]));
    }

    [Fact]
    public void Parse_InvalidUtf8_IsReportedAtItsPlace()
    {
        var diagnostics = new ConfigDiagnostics();
        byte[] file = [.. Encoding.UTF8.GetBytes(Minimal + "title = ä"), 0xC3, (byte)'x', (byte)'\n', (byte)'[', (byte)'z', (byte)']'];
        Assert.False(ConfigParser.Parse(file, new HyperCoreConfig(), diagnostics));
        Assert.Equal(2, diagnostics.ErrorCount);
        Assert.Equal("hypercore.conf:4:10: this is not UTF-8; save the file as UTF-8", Show(diagnostics, diagnostics.Errors[0]));
        Assert.Equal(5, diagnostics.Errors[1].Line);
    }

    [Fact]
    public void Parse_Utf16_SaysSo()
    {
        var diagnostics = new ConfigDiagnostics();
        Assert.False(ConfigParser.Parse([0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Minimal)], new HyperCoreConfig(), diagnostics));
        Assert.Equal("hypercore.conf:1:1: the file is UTF-16; expected UTF-8", Show(diagnostics, diagnostics.Errors[0]));
    }

    [Fact]
    public void Parse_ManyMistakes_KeepsTheFirstEightAndCountsAll()
    {
        var text = new StringBuilder("[hypercore]\n");
        for (int i = 0; i < 20; i++)
        {
            text.Append("zzzzzz = 1\n");
        }

        ConfigDiagnostics diagnostics = ParseText(text.ToString(), out _);
        Assert.Equal(20, diagnostics.ErrorCount);
        Assert.Equal(ConfigDiagnostics.MaxKept, diagnostics.Errors.Length);
        Assert.Equal(2, diagnostics.Errors[0].Line);
        Assert.Equal(9, diagnostics.Errors[7].Line);
    }

    [Fact]
    public void Parse_NineVirtualMachines_AreOneTooMany()
    {
        var text = new StringBuilder();
        for (int i = 0; i < 9; i++)
        {
            text.Append($"[vm v{i}]\nkernel=\\k\nmemory=64M\n");
        }

        ConfigDiagnostics diagnostics = ParseText(text.ToString(), out HyperCoreConfig config);
        Assert.Equal(8, config.VirtualMachineCount);
        Assert.Equal(1, diagnostics.ErrorCount);
        Assert.Equal(25, diagnostics.Errors[0].Line);
        Assert.Equal("too many VMs; expected at most 8", diagnostics.Errors[0].Message);
    }

    [Fact]
    public void Parse_NotSupportedYet_KeepsTheVmFromStarting()
    {
        HyperCoreConfig config = Good("[vm main]\nboot=firmware\n[vm card]\nkernel=\\k\nmemory=64M\npci=00:03.0\npci=8086:100E\n" + Minimal);
        Assert.Equal("boot = firmware is not supported yet", config[0].CannotStart);
        Assert.Equal("pci is not supported yet", config[1].CannotStart);
        Assert.Null(config[2].CannotStart);
        Assert.Equal(2, config[1].PciDeviceCount);
        Assert.True(config[1].GetPciDevice(0).IsAddress);
        Assert.Equal(3 << 3, config[1].GetPciDevice(0).DeviceFunction);
        Assert.Equal(0x100E, config[1].GetPciDevice(1).DeviceId);
    }

    [Fact]
    public void Parse_MistakeInOneVm_LeavesTheOthersStartable()
    {
        ConfigDiagnostics diagnostics = ParseText("[vm bad]\nkernel=\\k\nmemory=x\n" + Minimal, out HyperCoreConfig config);
        Assert.Equal(1, diagnostics.ErrorCount);
        Assert.NotNull(config[0].CannotStart);
        Assert.Null(config[1].CannotStart);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    public void Parse_Processors_AreWhatTheVmGets(int processors)
    {
        ConfigDiagnostics diagnostics = ParseText(Minimal + $"cpus={processors}", out HyperCoreConfig config);
        Assert.Equal(0, diagnostics.ErrorCount);
        Assert.Equal(processors, config[0].Processors);
        Assert.Null(config[0].Note);
    }

    [Fact]
    public void Parse_ShippedConfiguration_HasNoErrors()
    {
        string root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", ".."));
        HyperCoreConfig config = Good(File.ReadAllText(Path.Combine(root, "esp-image", "hypercore.conf")));
        Assert.Equal("mail", config.Default);
        Assert.True(config.VirtualMachineCount > 0);
    }

    [Fact]
    public void Parse_AnyBytes_EndsWithPlacesInsideTheFile()
    {
        string[] pieces =
        [
            "[", "]", "=", "\n", "\r\n", "#", ";", " ", "\t", "hypercore", "vm ", "a", "[hypercore]\n", "[vm a]\n", "memory", "kernel=\\k\n", "memory=1G\n",
            "hotkey=", "ctrl+", "+", "alt+home", "module=\\m ", "pci=00:03.0", "default=", "none", "é", "\U0001F600", "\0", "boot=", "linux", "firmware", "timeout=", "99999999999999999999",
        ];
        Gen<byte[]> text = Gen.OneOf(Gen.Int[0, pieces.Length - 1].Select(i => Encoding.UTF8.GetBytes(pieces[i])), Gen.Byte.Array[0, 3]).Array[0, 60].Select(parts =>
        {
            var all = new MemoryStream();
            foreach (byte[] part in parts)
            {
                all.Write(part);
            }

            return all.ToArray();
        });
        text.Sample(
            file =>
            {
                var diagnostics = new ConfigDiagnostics();
                var config = new HyperCoreConfig();
                bool good = ConfigParser.Parse(file, config, diagnostics);
                Assert.Equal(good, diagnostics.ErrorCount == 0);
                foreach (ConfigDiagnostic error in diagnostics.Errors)
                {
                    AssertInside(file, error);
                }

                foreach (ConfigDiagnostic warning in diagnostics.Warnings)
                {
                    AssertInside(file, warning);
                }
            },
            iter: 20_000);
    }

    private static void AssertInside(byte[] file, ConfigDiagnostic diagnostic)
    {
        string[] lines = Encoding.Latin1.GetString(file).Split('\n');
        Assert.InRange(diagnostic.Line, 1, lines.Length);
        Assert.InRange(diagnostic.Column, 1, lines[diagnostic.Line - 1].Length + 1);
        Assert.NotEqual("", diagnostic.Message);
    }

    private static HyperCoreConfig Good(string text)
    {
        ConfigDiagnostics diagnostics = ParseText(text, out HyperCoreConfig config);
        Assert.Equal(0, diagnostics.ErrorCount);
        Assert.Equal(0, diagnostics.WarningCount);
        return config;
    }

    private static ConfigDiagnostics ParseText(string text, out HyperCoreConfig config)
    {
        config = new HyperCoreConfig();
        var diagnostics = new ConfigDiagnostics();
        bool good = ConfigParser.Parse(Encoding.UTF8.GetBytes(text), config, diagnostics);
        Assert.Equal(good, diagnostics.ErrorCount == 0);
        return diagnostics;
    }

    private static string Show(ConfigDiagnostics diagnostics, ConfigDiagnostic diagnostic)
    {
        var text = new TextBuilder(new char[512]);
        diagnostics.Write(diagnostic, ref text);
        return text.Text.ToString();
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
