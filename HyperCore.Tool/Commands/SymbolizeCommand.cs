using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Text.RegularExpressions;
using HyperCore.Tool.Symbols;
using Microsoft.Extensions.Logging;

namespace HyperCore.Tool.Commands;

/// <summary><c>symbolize</c>: a panic's report with the names of the methods.</summary>
internal sealed partial class SymbolizeCommand : ToolCommand
{
    private readonly Argument<string> _map = new("MAP") { Description = "The HyperCore.map that was built with the HyperCore.efi that failed." };
    private readonly Argument<string> _file = new("FILE") { Description = "The report, copied from the serial line; - is standard input.", DefaultValueFactory = _ => "-" };
    private ulong? _imageBase;
    private ulong? _instruction;

    /// <summary>Creates the command.</summary>
    public SymbolizeCommand(ToolContext context)
        : base(context, "symbolize", "Names the methods in a panic's report.")
    {
        Add(_map);
        Add(_file);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Call, string Purpose)> Examples =>
    [
        ("hypercore symbolize artifacts/HyperCore.map serial.log", "A whole log may be given: other lines stay as they are."),
        ("hypercore symbolize artifacts/HyperCore.map < report.txt", "A report from standard input."),
    ];

    /// <inheritdoc/>
    public override string ExitCodes => "Code 1 means that no address of HyperCore was found.";

    /// <inheritdoc/>
    protected override ExitCode Run(ParseResult arguments)
    {
        string file = arguments.GetRequiredValue(_file);
        if (file == "-")
        {
            return Run(arguments.GetRequiredValue(_map), Context.Input);
        }

        using var report = new StreamReader(file);
        return Run(arguments.GetRequiredValue(_map), report);
    }

    private static ulong Hex(Group digits) => ulong.Parse(digits.ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>Copies a report, with names where there are addresses.</summary>
    private ExitCode Run(string mapPath, TextReader report)
    {
        TextWriter output = Context.Output;
        ILogger log = Context.Log;
        SymbolMap map;
        using (var reader = new StreamReader(mapPath))
        {
            map = SymbolMap.Read(reader);
        }

        if (map.Count == 0)
        {
            log.LogError("{Map} is no map of lld-link: it names no symbol", mapPath);
            return ExitCode.Usage;
        }

        int named = 0;
        while (report.ReadLine() is { } line)
        {
            string? name = Describe(map, line);
            named += name == null ? 0 : 1;
            output.WriteLine(name == null ? line : $"{line}  {name}");
        }

        if (named == 0)
        {
            log.LogWarning("no address of HyperCore was found: expected the lines of a panic, as they are on the serial line");
        }

        return named > 0 ? ExitCode.Good : ExitCode.Bad;
    }

    private string? Describe(SymbolMap map, string line)
    {
        if (ImageBase().Match(line) is { Success: true } image)
        {
            _imageBase = Hex(image.Groups[1]);
        }

        // A return address is behind its CALL, and that may be the last instruction of a method. The innermost address is no such one.
        if (Offset().Match(line) is { Success: true } found)
        {
            ulong offset = Hex(found.Groups[1]);
            return map.Describe(offset, isReturnAddress: offset != _instruction);
        }

        if (_imageBase is { } start && Rip().Match(line) is { Success: true } rip && Hex(rip.Groups[1]) >= start)
        {
            _instruction = Hex(rip.Groups[1]) - start;
            return map.Describe(_instruction.Value, isReturnAddress: false);
        }

        return null;
    }

    [GeneratedRegex(@"HyperCore(?:\.efi)?\+0x([0-9a-fA-F]{1,15})")]
    private static partial Regex Offset();

    [GeneratedRegex(@"\bimage=(?:0x)?([0-9a-fA-F]{1,16})")]
    private static partial Regex ImageBase();

    [GeneratedRegex(@"\b(?i:rip)\s*=?\s*(?:0x)?([0-9a-fA-F]{1,16})")]
    private static partial Regex Rip();
}
