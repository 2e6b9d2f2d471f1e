using System.Collections.Generic;
using System.CommandLine;
using System.IO;

namespace HyperCore.Tool.Commands;

/// <summary><c>pe-to-elf</c>: a Multiboot kernel of a PE image.</summary>
internal sealed class PeToElfCommand : ToolCommand
{
    private readonly Argument<string> _image = new("IN") { Description = "A PE image with a fixed base below 4 GiB." };
    private readonly Argument<string> _elf = new("OUT") { Description = "The ELF file to write." };

    /// <summary>Creates the command.</summary>
    public PeToElfCommand(ToolContext context)
        : base(context, "pe-to-elf", "Makes a 32-bit ELF executable of a PE image, for Multiboot loaders.")
    {
        Add(_image);
        Add(_elf);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Call, string Purpose)> Examples => [("hypercore pe-to-elf TestGuest.exe testguest.elf", "What the build does with HyperCore.TestGuest.")];

    /// <inheritdoc/>
    protected override ExitCode Run(ParseResult arguments)
    {
        File.WriteAllBytes(arguments.GetRequiredValue(_elf), ElfFromPe.Convert(File.ReadAllBytes(arguments.GetRequiredValue(_image))));
        return ExitCode.Good;
    }
}
