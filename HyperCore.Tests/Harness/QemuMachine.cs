using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace HyperCore.Tests.Harness;

/// <summary>A machine in QEMU, switched on when created and taken away when disposed.</summary>
internal sealed class QemuMachine : TestMachine
{
    // A busy developer's machine shares two processors with everything else.
    private const int DefaultLimitSeconds = 180;
    private const int KeyHoldMilliseconds = 40;

    // QEMU holds 1024 events of keys that are yet to be pressed (queue_limit in ui/input.c), six for each key, and drops what is more. Never more
    // than this waits there, so that keys come through even if QEMU takes several times as long as it should.
    private static readonly TimeSpan s_mostKeysAhead = TimeSpan.FromMilliseconds(1600);

    private readonly string _folder;
    private readonly Process _process;
    private readonly QmpClient _qmp;
    private readonly StringBuilder _errors = new();
    private TimeSpan _keysPressed;

    private QemuMachine(MachineOptions options, string image)
    {
        Options = options;
        _folder = Directory.CreateTempSubdirectory("hypercore-").FullName;
        string variables = Qemu.VariableStore(options, _folder);
        if (!File.Exists(variables))
        {
            File.Copy(options.SecureBootVariables ?? Qemu.FirmwareVariables, variables);
        }

        using Socket qmp = Listen("qmp");
        List<string> arguments = Qemu.Arguments(options, image, _folder);
        string program = options.Program ?? Qemu.Program;
        CommandLine = program + " " + string.Join(' ', arguments);
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardInput = true, RedirectStandardOutput = true };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => NoteError(line.Data);
        _process.BeginErrorReadLine();
        try
        {
            Serial = new SerialConsole(_process.StandardOutput.BaseStream, _process.StandardInput.BaseStream, WhyEnded);
            _qmp = new QmpClient(Accept(qmp));
        }
        catch
        {
            Kill();
            Serial?.Dispose();
            throw;
        }
    }

    /// <summary>How long a test waits for something; HYPERCORE_TEST_SECONDS changes it.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(
        int.TryParse(Environment.GetEnvironmentVariable("HYPERCORE_TEST_SECONDS"), out int seconds) ? seconds : DefaultLimitSeconds);

    /// <summary>What kind of machine it is.</summary>
    public MachineOptions Options { get; }

    /// <inheritdoc/>
    public override SerialConsole Serial { get; }

    /// <summary>How QEMU was called.</summary>
    public string CommandLine { get; }

    /// <summary>Switches a machine on.</summary>
    public static QemuMachine Start(MachineOptions options, Esp esp) => new(options, esp.ImagePath);

    /// <summary>Switches a machine on that boots the kernel of the options.</summary>
    public static QemuMachine StartKernel(MachineOptions options) => new(options, "");

    /// <summary>Presses keys together and lets them go: <c>Press("ctrl", "alt", "home")</c>.</summary>
    public void Press(params string[] keys)
    {
        var pressed = new List<object>();
        foreach (string key in keys)
        {
            pressed.Add(new { type = "qcode", data = key });
        }

        WaitForKeys(s_mostKeysAhead);
        _qmp.Execute("send-key", new Dictionary<string, object> { ["keys"] = pressed, ["hold-time"] = KeyHoldMilliseconds });

        // One after the other they go down, and up again.
        TimeSpan begin = _keysPressed > Uptime ? _keysPressed : Uptime;
        _keysPressed = begin + (2 * keys.Length * TimeSpan.FromMilliseconds(KeyHoldMilliseconds));
    }

    /// <summary>Presses keys, without letting them go, or lets them go, without having to have been pressed.</summary>
    public void SetKey(string key, bool down) => _qmp.Execute("input-send-event", new
    {
        events = new[] { new { type = "key", data = new { down, key = new { type = "qcode", data = key } } } },
    });

    /// <summary>Moves the mouse.</summary>
    public void MoveMouse(int right, int down) => _qmp.Execute("input-send-event", new
    {
        events = new[]
        {
            new { type = "rel", data = new { axis = "x", value = right } },
            new { type = "rel", data = new { axis = "y", value = down } },
        },
    });

    /// <summary>Types text as on a US keyboard; <c>\n</c> is Enter.</summary>
    public void Type(string text)
    {
        foreach (char character in text)
        {
            Press(UsKeyboard.KeysFor(character));
        }
    }

    /// <summary>Takes a picture of the screen.</summary>
    public Screenshot TakeScreenshot()
    {
        string path = Path.Combine(_folder, "screen.ppm");
        _qmp.Execute("screendump", new { filename = path });
        Screenshot picture = Screenshot.ParsePpm(File.ReadAllBytes(path));
        File.Delete(path);
        return picture;
    }

    /// <summary>Executes a command of QEMU's monitor for people.</summary>
    public string Monitor(string command) =>
        _qmp.Execute("human-monitor-command", new Dictionary<string, object> { ["command-line"] = command })!.GetValue<string>();

    /// <summary>Waits until the machine is switched off.</summary>
    public void WaitForPowerOff()
    {
        if (!_process.WaitForExit(Limit))
        {
            throw new MachineTimeoutException($"the machine did not switch itself off within {Limit.TotalSeconds:0} s", Serial.Text);
        }
    }

    /// <inheritdoc/>
    public override void SaveEvidence(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "serial.raw"), Serial.Raw);
        File.WriteAllText(Path.Combine(folder, "serial.log"), Serial.Text);
        File.WriteAllText(Path.Combine(folder, "terminal.txt"), Serial.Screen);
        File.WriteAllText(Path.Combine(folder, "qemu.txt"), CommandLine + "\n" + Errors());
        try
        {
            File.AppendAllText(Path.Combine(folder, "qemu.txt"), Monitor("info registers -a"));
            TakeScreenshot().SavePng(Path.Combine(folder, "screen.png"));
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or InvalidDataException)
        {
            File.AppendAllText(Path.Combine(folder, "qemu.txt"), $"no registers or no screenshot: {exception.Message}\n");
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        try
        {
            _qmp.Execute("quit");
            _process.WaitForExit(TimeSpan.FromSeconds(5));
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            // It has ended already.
        }

        Kill();
        _qmp.Dispose();
        Serial.Dispose();
        _process.Dispose();
    }

    private void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private Socket Listen(string name)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder, name)));
        socket.Listen(1);
        return socket;
    }

    private Socket Accept(Socket listener)
    {
        var watch = Stopwatch.StartNew();
        while (!listener.Poll(TimeSpan.FromMilliseconds(100), SelectMode.SelectRead))
        {
            if (_process.HasExited || watch.Elapsed > Limit)
            {
                throw new InvalidOperationException($"QEMU did not start: {CommandLine}\n{Errors()}");
            }
        }

        return listener.Accept();
    }

    // QEMU has no event that tells when it has pressed a key, but it presses them at a steady rate.
    private void WaitForKeys(TimeSpan ahead)
    {
        TimeSpan early = _keysPressed - ahead - Uptime;
        if (early > TimeSpan.Zero)
        {
            Thread.Sleep(early);
        }
    }

    private string? WhyEnded() => _process.WaitForExit(1000) ? $"exit code {_process.ExitCode}. {Errors()}" : null;

    private string Errors()
    {
        lock (_errors)
        {
            return _errors.ToString();
        }
    }

    private void NoteError(string? line)
    {
        // TCG names every feature of the processor model that it cannot emulate.
        if (line != null && !line.Contains("TCG doesn't support requested feature", StringComparison.Ordinal))
        {
            lock (_errors)
            {
                _errors.AppendLine(line);
            }
        }
    }
}
