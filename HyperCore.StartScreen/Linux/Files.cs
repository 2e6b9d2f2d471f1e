using System;
using System.IO;

namespace HyperCore.StartScreen.Linux;

/// <summary>Small files, whose absence is no error.</summary>
internal static class Files
{
    /// <summary>The text of a file without blanks around it; empty when it cannot be read.</summary>
    public static string Read(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).Trim() : "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>Writes a line to the first serial port, for whoever listens there; there may be none.</summary>
    public static void Report(string line) => Write("/dev/ttyS0", $"appliance: {line}\n");

    /// <summary>Writes a small file, or to a device or pipe.</summary>
    public static void Write(string path, string text)
    {
        try
        {
            File.WriteAllText(path, text);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Nobody listens.
        }
    }
}
