using System;
using System.Diagnostics;
using System.IO;
using System.Threading;

namespace HyperCore.Tests.Harness;

/// <summary>A TPM 2.0 for one machine: swtpm in a process of its own, which ends with the machine.</summary>
internal sealed class SoftwareTpm : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("hypercore-tpm-").FullName;
    private readonly Process _process;

    /// <summary>Starts one that has never been used.</summary>
    public SoftwareTpm()
    {
        string socket = Path.Combine(_folder, "control");
        _process = Process.Start(new ProcessStartInfo("swtpm", ["socket", "--tpm2", "--tpmstate", $"dir={_folder}", "--ctrl", $"type=unixio,path={socket}"]))!;
        var watch = Stopwatch.StartNew();
        while (!File.Exists(socket))
        {
            if (_process.HasExited || watch.Elapsed > s_limit)
            {
                throw new InvalidOperationException("swtpm did not start");
            }

            Thread.Sleep(20);
        }

        Arguments = ["-chardev", $"socket,id=tpm,path={socket}", "-tpmdev", "emulator,id=tpm0,chardev=tpm", "-device", "tpm-crb,tpmdev=tpm0"];
    }

    /// <summary>What connects a machine with it.</summary>
    public string[] Arguments { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
