using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace HyperCore.Tests.Harness;

/// <summary>What Bochs reports in bochs.log.</summary>
internal static partial class BochsLog
{
    /// <summary>
    /// The lines that tell something: a port access of a guest is reported too, each single one, as is each access to a device's memory, and each
    /// read of a register that the model does not have.
    /// </summary>
    public static List<string> Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        // Bochs goes on writing.
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            if (!Usual().IsMatch(line))
            {
                lines.Add(line);
            }
        }

        return lines;
    }

    /// <summary>The lines that name a rule of VMRUN or of a VM entry that HyperCore has broken.</summary>
    public static List<string> BrokenRules(IEnumerable<string> lines) => lines.Where(line => BrokenRule().IsMatch(line)).ToList();

    [GeneratedRegex(@"VMEXIT: (I/O port|EPT violation)|(RD|WR)MSR: Unknown register", RegexOptions.CultureInvariant)]
    private static partial Regex Usual();

    // AMD: VMRUN and the injection of events. Intel: VMLAUNCH, VMRESUME, and what they check.
    [GeneratedRegex(@"VMRUN|SvmInjectEvents|SvmExitLoadHostState|VMLAUNCH|VMRESUME|VMENTRY|VMENTER|VMFAIL", RegexOptions.CultureInvariant)]
    private static partial Regex BrokenRule();
}
