using System;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Boot;

/// <summary>
/// Adds to a kernel's command line what HyperCore knows and Linux would have to measure: the frequency of the TSC. A measurement against
/// emulated timers is slow and fails on a busy machine. <c>tsc=reliable</c> is no exaggeration: every other clock of the VM is computed from
/// the same TSC, so none of them could show that it is wrong. It stands in front: what follows a <c>--</c> is for init, not for the kernel. Parameters
/// that the user gave are left alone.
/// </summary>
public static class LinuxCommandLine
{
    /// <summary>Room that <see cref="Build"/> needs beyond the configured text.</summary>
    public const int MaxAdded = 48;

    /// <summary>Builds the command line.</summary>
    /// <param name="buffer">Room for the result.</param>
    /// <param name="configured">What the configuration says.</param>
    /// <param name="tscFrequency">Ticks of the guest's TSC in one second.</param>
    public static ReadOnlySpan<char> Build(Span<char> buffer, ReadOnlySpan<char> configured, ulong tscFrequency)
    {
        var text = new TextBuilder(buffer);
        if (!Has(configured, "tsc_early_khz="))
        {
            text.Append("tsc_early_khz=");
            text.AppendDecimal(tscFrequency / 1000);
            text.Append(' ');
        }

        if (!Has(configured, "tsc="))
        {
            text.Append("tsc=reliable ");
        }

        text.Append(configured);
        return buffer.Slice(0, text.Length);
    }

    private static bool Has(ReadOnlySpan<char> line, ReadOnlySpan<char> parameter)
    {
        for (int i = 0; i + parameter.Length <= line.Length; i++)
        {
            if ((i == 0 || line[i - 1] == ' ') && line.Slice(i, parameter.Length).SequenceEqual(parameter))
            {
                return true;
            }
        }

        return false;
    }
}
