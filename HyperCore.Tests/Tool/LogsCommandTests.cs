using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using HyperCore.Tool;
using HyperCore.Tool.Logs;
using Microsoft.Extensions.Logging;
using Xunit;

namespace HyperCore.Tests.Tool;

public class LogsCommandTests : ToolTestBase
{
    // As it comes over the line: the firmware, the progress of loading, the log, the menu that is drawn, and the log below it.
    private const string Log =
        "\e[2J\e[001;001HBdsDxe: starting Boot0002 \"UEFI HARDDISK\"\r\n"
        + "\rLoading \\EFI\\HyperCore\\vmlinux  0.0 of 62.9 MiB\rLoading \\EFI\\HyperCore\\vmlinux  62.9 of 62.9 MiB\r\n"
        + "[    0.417409] info  hypercore: version=0.1.0 cpu=\"x\" virt=svm pcpus=1 memory=1023M\r\n"
        + "\e[0m\e[r\e[?25l\e[2J\e[21;24r\e[1H\e[44m  \e[96m◆ \e[97mHyperCore \e[37m0.1.0\e[3H\e[90m#  Name  \e[0m\e[24;1H\r\n"
        + "[    1.000001] info  menu: shown\e[K\r\n"
        + "\e[4H\e[46m  \e[30m1  Mail\e[0m\e[24;1H\r\n"
        + "[    2.500000] info  vm: mail running cpus=2 memory=512M\e[K\r\n"
        + "[    2.600000] debug vm: mail used=1ms\r\n"
        + "[    2.700000] warn  usb: port 3: no answer\r\n"
        + "[    3.000000] info  foreground: mail\r\n"
        + "mail| [    0.000000] Linux version 6.1\r\n"
        + "files| hello\r\n"
        + "[12345.000000] error vm: files failed reason=\"triple fault\"\r\n";

    private const string Panic =
        "panic: index out of range\r\n  version=0.1.0 pcpu=0 image=000000003db18000\r\n  #0  000000003db19040 HyperCore.efi+0x1040\r\n";

    private CancellationToken _stopping;

    private string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public void Logs_SerialLine_IsTheLogWithoutMenuAndFirmware()
    {
        Assert.Equal(ExitCode.Good, Run(Log, "logs"));
        Assert.Equal(
            [
                "    0.417409 info  hypercore: version=0.1.0 cpu=\"x\" virt=svm pcpus=1 memory=1023M",
                "    1.000001 info  menu: shown",
                "    2.500000 info  vm: mail running cpus=2 memory=512M",
                "    2.700000 warn  usb: port 3: no answer",
                "    3.000000 info  foreground: mail",
                "             info  mail| [    0.000000] Linux version 6.1",
                "             info  files| hello",
                "12345.000000 error vm: files failed reason=\"triple fault\"",
            ],
            Lines);
    }

    [Fact]
    public void Logs_Debug_HasTheFirmwaresLinesToo()
    {
        Run(Log, "logs", "-", "--level", "debug");
        Assert.Equal("             debug serial: BdsDxe: starting Boot0002 \"UEFI HARDDISK\"", Lines[0]);
        Assert.Equal("             debug serial: Loading \\EFI\\HyperCore\\vmlinux  62.9 of 62.9 MiB", Lines[1]);
        Assert.Equal(11, Lines.Length);
    }

    [Fact]
    public void Logs_Filters_LeaveWhatIsAskedFor()
    {
        string file = WriteFile("serial.log", Log);
        Run("", "logs", file, "--level", "warn");
        Assert.Equal(2, Lines.Length);
        Run("", "logs", file, "--vm", "mail");
        Assert.Equal(3, Lines.Length);
        Run("", "logs", file, "--grep", "^(hello|mail running)");
        Assert.Equal(2, Lines.Length);
        Run("", "logs", file, "--vm", "files", "--level", "error");
        Assert.EndsWith("triple fault\"", Lines.Single());
    }

    [Fact]
    public void Logs_Json_IsAnObjectALine()
    {
        Run(Log + Panic, "logs", "--json");
        JsonElement[] entries = Lines.Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        JsonElement running = entries.First(entry => entry.GetProperty("message").GetString()!.StartsWith("mail running", StringComparison.Ordinal));
        Assert.Equal(2.5m, running.GetProperty("time").GetDecimal());
        Assert.Equal("info", running.GetProperty("level").GetString());
        Assert.Equal("vm", running.GetProperty("category").GetString());
        Assert.Equal("mail", running.GetProperty("vm").GetString());
        Assert.Contains(entries, entry => entry.GetProperty("category").GetString() == "guest" && entry.GetProperty("vm").GetString() == "files");
        Assert.Equal(3, entries.Count(entry => entry.GetProperty("level").GetString() == "panic"));
        Assert.False(entries[^1].TryGetProperty("time", out _));
    }

    [Fact]
    public void Logs_Panic_IsShownWhateverTheLevelAndTold()
    {
        Assert.Equal(ExitCode.Bad, Run(Log + Panic + "[    9.000000] info  menu: shown\n", "logs", "--level", "panic"));
        Assert.Equal(3, Lines.Length);
        Assert.Equal("             panic panic: index out of range", Lines[0]);
        Assert.EndsWith("HyperCore.efi+0x1040", Lines[2]);
    }

    [Fact]
    public async Task Logs_Follow_ShowsWhatIsAdded()
    {
        string file = WriteFile("serial.log", "[    1.000000] info  menu: shown\n[    2.0");
        using var stop = new CancellationTokenSource();
        _stopping = stop.Token;
        var output = new LineQueue();
        Task<ExitCode> following = Task.Run(() => new CommandLine(Context("", output, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance)).Run(["logs", file, "--follow"]));
        Assert.Contains("menu: shown", output.Take());
        File.AppendAllText(file, "00000] info  foreground: mail\n");
        Assert.Contains("2.000000 info  foreground: mail", output.Take());

        // Another boot begins the file anew.
        File.WriteAllText(file, "[    0.100000] info  menu: shown\n");
        Assert.Contains("0.100000 info  menu: shown", output.Take());
        await stop.CancelAsync();
        Assert.Equal(ExitCode.Good, await following);
    }

    [Fact]
    public void Logs_AnyBytes_AreHarmless()
    {
        var random = new Random(12);
        byte[] bytes = new byte[200_000];
        random.NextBytes(bytes);
        string file = Path.Combine(Folder, "noise");
        File.WriteAllBytes(file, bytes);
        Assert.Equal(ExitCode.Good, Run("", "logs", file, "--level", "trace"));
        Assert.DoesNotContain('\e', Output);
        File.WriteAllText(file, new string('x', 100_000));
        Run("", "logs", file, "--level", "trace");
        Assert.All(Lines, line => Assert.InRange(line.Length, 1, SerialLineReader.MaxLine + 40));

        // Cut off within a control sequence, a character and a line.
        byte[] whole = Encoding.UTF8.GetBytes(Log);
        for (int i = 0; i < whole.Length; i += 7)
        {
            File.WriteAllBytes(file, whole[..i]);
            Assert.Equal(ExitCode.Good, Run("", "logs", file));
        }
    }

    [Fact]
    public void Logs_LineThatComesInPieces_IsTheSame()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Log);
        var whole = new SerialLineReader();
        var pieces = new SerialLineReader();
        Assert.Equal(whole.Take(bytes), bytes.SelectMany(value => pieces.Take([value])));
    }

    [Theory]
    [InlineData("--level", "loud")]
    [InlineData("--grep", "(")]
    [InlineData("/does/not/exist")]
    public void Logs_CalledWrongly_SaysHow(params string[] arguments)
    {
        Assert.Equal(ExitCode.Usage, Run("", ["logs", .. arguments]));
        Assert.NotEmpty(Messages);
    }

    private protected override ToolContext Context(string input, TextWriter output, ILogger log) => new(new StringReader(input), output, log)
    {
        OpenInput = () => new MemoryStream(Encoding.UTF8.GetBytes(input)),
        Stopping = _stopping,
    };

    private sealed class LineQueue : TextWriter
    {
        private readonly System.Collections.Concurrent.BlockingCollection<string> _lines = [];

        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value) => _lines.Add(value ?? "");

        public string Take() => _lines.TryTake(out string? line, TimeSpan.FromSeconds(60)) ? line : throw new TimeoutException("no line came");
    }
}
