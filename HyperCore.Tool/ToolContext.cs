using System;
using System.IO;
using System.Threading;
using Microsoft.Extensions.Logging;

namespace HyperCore.Tool;

/// <summary>What a command has to do with: its streams, and the machine it runs on.</summary>
/// <param name="input">Standard input.</param>
/// <param name="output">Gets what was asked for.</param>
/// <param name="log">Gets what the command has to say itself.</param>
internal sealed class ToolContext(TextReader input, TextWriter output, ILogger log)
{
    /// <summary>Standard input.</summary>
    public TextReader Input { get; } = input;

    /// <summary>Gets what was asked for.</summary>
    public TextWriter Output { get; } = output;

    /// <summary>Gets what the command has to say itself.</summary>
    public ILogger Log { get; } = log;

    /// <summary>Opens standard input for commands that want bytes. Default: nothing is there.</summary>
    public Func<Stream> OpenInput { get; init; } = () => Stream.Null;

    /// <summary>Shows how far long work is. Default: does not.</summary>
    public IProgressDisplay Progress { get; init; } = new NoProgress();

    /// <summary><see cref="Output"/> is a terminal that shows colours.</summary>
    public bool HasColors { get; init; }

    /// <summary>The folder that stands for <c>/</c>: where mount points, devices and UEFI variables are looked for.</summary>
    public string SystemRoot { get; init; } = "/";

    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Ends a command that would go on for ever.</summary>
    public CancellationToken Stopping { get; init; }
}
