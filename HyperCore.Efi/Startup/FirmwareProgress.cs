using System;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Efi.Startup;

/// <summary>Shows on the firmware's console which file is being loaded: one line a file, rewritten as it grows. Small files are not worth one.</summary>
internal sealed class FirmwareProgress(FirmwareConsole console) : LoadProgress
{
    private const ulong SmallFile = 1 << 20;

    private readonly char[] _line = new char[160];

    public override void Report(ReadOnlySpan<char> path, ulong loaded, ulong total)
    {
        if (total < SmallFile)
        {
            return;
        }

        var text = new TextBuilder(_line);
        text.Append("\rLoading ");
        text.Append(path);
        text.Append("  ");
        AppendMebibytes(ref text, loaded);
        text.Append(" of ");
        AppendMebibytes(ref text, total);
        text.Append(" MiB");
        if (loaded == total)
        {
            text.Append("\r\n");
        }

        console.Write(text.Text);
    }

    private static void AppendMebibytes(ref TextBuilder text, ulong bytes)
    {
        ulong tenths = ((bytes * 10) + 0xF_FFFF) >> 20;
        text.AppendDecimal(tenths / 10);
        text.Append('.');
        text.AppendDecimal(tenths % 10);
    }
}
