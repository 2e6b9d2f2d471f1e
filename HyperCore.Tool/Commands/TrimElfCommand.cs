using System.Collections.Generic;
using System.CommandLine;
using System.IO;

namespace HyperCore.Tool.Commands;

/// <summary><c>trim-elf</c>: a smaller kernel that boots the same.</summary>
internal sealed class TrimElfCommand : ToolCommand
{
    private readonly Argument<string> _executable = new("IN") { Description = "A 64-bit ELF executable, such as Linux's vmlinux." };
    private readonly Argument<string> _trimmed = new("OUT") { Description = "The ELF file to write." };

    /// <summary>Creates the command.</summary>
    public TrimElfCommand(ToolContext context)
        : base(context, "trim-elf", "Makes a 64-bit ELF executable smaller: without what is not loaded, and without zeros at the ends of its segments.")
    {
        Add(_executable);
        Add(_trimmed);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Call, string Purpose)> Examples => [("hypercore trim-elf vmlinux vmlinux.small", "What the build does with the appliance's kernel.")];

    /// <inheritdoc/>
    protected override ExitCode Run(ParseResult arguments)
    {
        File.WriteAllBytes(arguments.GetRequiredValue(_trimmed), TrimmedElf.Trim(File.ReadAllBytes(arguments.GetRequiredValue(_executable))));
        return ExitCode.Good;
    }
}
