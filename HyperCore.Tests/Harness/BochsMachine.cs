using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;

namespace HyperCore.Tests.Harness;

/// <summary>A machine in Bochs, switched on when created and taken away when disposed. A test reaches it by COM1 only.</summary>
internal sealed class BochsMachine : TestMachine
{
    private const int LastLines = 20;

    private readonly string _folder;
    private readonly string _image;
    private readonly Process _process;
    private readonly TcpClient _line;

    private BochsMachine(BochsOptions options, string image)
    {
        Options = options;
        _image = image;
        _folder = Directory.CreateTempSubdirectory("hypercore-").FullName;
        foreach (string name in Bochs.Firmware)
        {
            File.CreateSymbolicLink(Path.Combine(_folder, name), Bochs.Built(options.Version, name));
        }

        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        List<string> arguments = Bochs.Arguments(options, image, ((IPEndPoint)listener.LocalEndpoint).Port);
        string program = Bochs.Built(options.Version, "bochs");
        CommandLine = $"{program} '{string.Join("' '", arguments)}'";
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;

        // It asks for nothing, and what it says is in its log too.
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        try
        {
            _line = Accept(listener);
            Serial = new SerialConsole(_line.GetStream(), _line.GetStream(), WhyEnded);
        }
        catch
        {
            Kill();
            throw;
        }
    }

    /// <summary>What kind of machine it is.</summary>
    public BochsOptions Options { get; }

    /// <inheritdoc/>
    public override SerialConsole Serial { get; }

    /// <summary>How Bochs was called.</summary>
    public string CommandLine { get; }

    /// <summary>The lines of bochs.log that tell something.</summary>
    public List<string> Log => BochsLog.Read(Path.Combine(_folder, "bochs.log"));

    /// <summary>Switches a machine on.</summary>
    public static BochsMachine Start(BochsOptions options, Esp esp) => new(options, esp.ImagePath);

    /// <inheritdoc/>
    public override void SaveEvidence(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "serial.raw"), Serial.Raw);
        File.WriteAllText(Path.Combine(folder, "serial.log"), Serial.Text);
        File.WriteAllText(Path.Combine(folder, "terminal.txt"), Serial.Screen);
        File.WriteAllText(Path.Combine(folder, "bochs.txt"), CommandLine + "\n");
        SaveLog(Path.Combine(folder, "bochs.log"));
    }

    /// <summary>Keeps bochs.log, without its usual lines.</summary>
    public void SaveLog(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllLines(path, Log);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Kill();
        Serial.Dispose();
        _line.Dispose();
        _process.Dispose();
    }

    private void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        File.Delete(_image + ".lock");
        Directory.Delete(_folder, recursive: true);
    }

    private TcpClient Accept(TcpListener listener)
    {
        while (!listener.Server.Poll(TimeSpan.FromMilliseconds(100), SelectMode.SelectRead))
        {
            if (_process.HasExited || Uptime > QemuMachine.Limit)
            {
                throw new InvalidOperationException($"Bochs did not start: {CommandLine}\n{LastWords()}");
            }
        }

        TcpClient line = listener.AcceptTcpClient();
        line.NoDelay = true;
        return line;
    }

    // Its exit code is 1 even when the machine has switched itself off.
    private string? WhyEnded() => _process.WaitForExit(1000) ? $"the end of its log is\n{LastWords()}" : null;

    private string LastWords() => string.Join('\n', Log.TakeLast(LastLines));
}
