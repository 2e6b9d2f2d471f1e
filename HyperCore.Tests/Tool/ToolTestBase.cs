using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using HyperCore.Tool;
using Microsoft.Extensions.Logging;

namespace HyperCore.Tests.Tool;

/// <summary>Runs the host command line in the test process.</summary>
public abstract class ToolTestBase : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hypercore-tool-").FullName;

    /// <summary>A folder of the test's own.</summary>
    protected string Folder => _folder;

    /// <summary>What the last command wrote.</summary>
    protected string Output { get; private set; } = "";

    /// <summary>What it had to say itself.</summary>
    protected List<string> Messages { get; } = [];

    /// <inheritdoc/>
    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected ExitCode Run(string input, params string[] arguments)
    {
        using var output = new StringWriter();
        ExitCode code = new CommandLine(Context(input, output, new Recorder(Messages))).Run(arguments);
        Output = output.ToString().Replace(_folder + "/", "", StringComparison.Ordinal);
        return code;
    }

    private protected virtual ToolContext Context(string input, TextWriter output, ILogger log) => new(new StringReader(input), output, log)
    {
        OpenInput = () => new MemoryStream(Encoding.UTF8.GetBytes(input)),
        SystemRoot = _folder,
        Environment = _ => null,
    };

    /// <summary>Writes a file into a folder of the test's own.</summary>
    /// <returns>Its path.</returns>
    protected string WriteFile(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Makes a folder of what goes onto a partition.</summary>
    /// <returns>Its path.</returns>
    protected string MakePartition()
    {
        WriteBytes("tree/EFI/BOOT/BOOTX64.EFI", 5000);
        WriteBytes("tree/EFI/HyperCore/HyperCore.efi", 5000);
        WriteFile("tree/EFI/HyperCore/hypercore.conf", "[hypercore]\n");
        WriteFile("tree/EFI/HyperCore/empty", "");
        WriteFile("tree/.hidden", "not for the partition");
        return Path.Combine(Folder, "tree");
    }

    /// <summary>Writes a file of so many bytes into a folder of the test's own.</summary>
    /// <returns>Its path.</returns>
    protected string WriteBytes(string name, int count)
    {
        string path = WriteFile(name, "");
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private sealed class Recorder(List<string> messages) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            messages.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
