using System;

namespace HyperCore.Core.Config;

/// <summary>Reads hypercore.conf: UTF-8, INI.</summary>
public static class ConfigParser
{
    /// <summary>The longest line in characters.</summary>
    public const int MaxLineLength = 4096;

    /// <summary>
    /// Reads a file. Everything that can be understood is put into <paramref name="config"/> even when there are errors, so that the menu
    /// can use the settings that are good; a VM whose section has an error gets a <see cref="VirtualMachineConfig.CannotStart"/>.
    /// </summary>
    /// <param name="utf8">The file; may be empty, may start with a byte order mark.</param>
    /// <param name="config">A new object, to be filled.</param>
    /// <param name="diagnostics">Receives errors and warnings.</param>
    /// <returns>True when there were no errors; warnings do not matter.</returns>
    public static bool Parse(ReadOnlySpan<byte> utf8, HyperCoreConfig config, ConfigDiagnostics diagnostics)
    {
        if (utf8.Length >= 2 && ((utf8[0] == 0xFF && utf8[1] == 0xFE) || (utf8[0] == 0xFE && utf8[1] == 0xFF)))
        {
            diagnostics.AddError(1, 1, "the file is UTF-16; expected UTF-8");
            return false;
        }

        if (utf8.Length >= 3 && utf8[0] == 0xEF && utf8[1] == 0xBB && utf8[2] == 0xBF)
        {
            utf8 = utf8.Slice(3);
        }

        var reader = new ConfigReader(config, diagnostics);
        char[] buffer = new char[MaxLineLength];
        int number = 1;
        while (utf8.Length > 0)
        {
            int end = utf8.IndexOf((byte)'\n');
            ReadOnlySpan<byte> bytes = end < 0 ? utf8 : utf8.Slice(0, end);
            utf8 = end < 0 ? default : utf8.Slice(end + 1);
            if (bytes.Length > 0 && bytes[bytes.Length - 1] == '\r')
            {
                bytes = bytes.Slice(0, bytes.Length - 1);
            }

            if (TryDecodeLine(bytes, buffer, number, diagnostics, out int length))
            {
                reader.ReadLine(buffer.AsSpan(0, length), number);
            }
            else
            {
                reader.SkipLine();
            }

            number++;
        }

        reader.Finish();
        return diagnostics.ErrorCount == 0;
    }

    private static bool TryDecodeLine(ReadOnlySpan<byte> bytes, char[] buffer, int number, ConfigDiagnostics diagnostics, out int length)
    {
        length = 0;
        while (bytes.Length > 0)
        {
            if (!Utf8Text.TryDecode(bytes, out int codePoint, out int used))
            {
                diagnostics.AddError(number, length + 1, "this is not UTF-8; save the file as UTF-8");
                return false;
            }

            if ((codePoint < ' ' && codePoint != '\t') || (codePoint >= 0x7F && codePoint < 0xA0))
            {
                diagnostics.AddError(number, length + 1, "control characters are not allowed here");
                return false;
            }

            if (length + 2 > buffer.Length)
            {
                diagnostics.AddError(number, length + 1, "the line is too long; expected at most 4095 characters");
                return false;
            }

            if (codePoint < 0x1_0000)
            {
                buffer[length++] = (char)codePoint;
            }
            else
            {
                buffer[length++] = (char)(0xD800 + ((codePoint - 0x1_0000) >> 10));
                buffer[length++] = (char)(0xDC00 + ((codePoint - 0x1_0000) & 0x3FF));
            }

            bytes = bytes.Slice(used);
        }

        return true;
    }
}
