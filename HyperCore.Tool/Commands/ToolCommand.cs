using System;
using System.Collections.Generic;
using System.CommandLine;

namespace HyperCore.Tool.Commands;

/// <summary>A command with examples in its help.</summary>
internal abstract class ToolCommand : Command
{
    /// <summary>Creates a command.</summary>
    /// <param name="context">What it has to do with.</param>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does.</param>
    protected ToolCommand(ToolContext context, string name, string description)
        : base(name, description)
    {
        Context = context;
        SetAction(result => (int)Run(result));
    }

    /// <summary>Ways to call it, each with what it is good for.</summary>
    public abstract IReadOnlyList<(string Call, string Purpose)> Examples { get; }

    /// <summary>What its exit codes mean beyond what they mean everywhere.</summary>
    public virtual string? ExitCodes => null;

    /// <summary>What the command has to do with.</summary>
    protected ToolContext Context { get; }

    /// <summary>Carries it out.</summary>
    protected abstract ExitCode Run(ParseResult arguments);

    /// <summary>Asks a question, where nothing typed means no.</summary>
    protected bool Ask(string question)
    {
        Context.Output.Write($"{question} [y/N] ");
        Context.Output.Flush();
        string? answer = Context.Input.ReadLine()?.Trim();
        return string.Equals(answer, "y", StringComparison.OrdinalIgnoreCase) || string.Equals(answer, "yes", StringComparison.OrdinalIgnoreCase);
    }
}
