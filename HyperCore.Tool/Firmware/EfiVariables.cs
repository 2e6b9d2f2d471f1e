using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace HyperCore.Tool.Firmware;

/// <summary>The firmware's boot variables, through efivarfs: a file for each, which begins with the variable's attributes. (Linux, Documentation/filesystems/efivarfs.rst.)</summary>
/// <param name="folder">Where efivarfs is mounted, or a folder that looks like it.</param>
internal sealed class EfiVariables(string folder)
{
    private const string GlobalVariable = "-8be4df61-93ca-11d2-aa0d-00e098032b8c";
    private const string BootPrefix = "Boot";

    // EFI_VARIABLE_NON_VOLATILE, _BOOTSERVICE_ACCESS and _RUNTIME_ACCESS (UEFI 2.10, 3.3).
    private const uint Attributes = 7;

    /// <summary>Where they are.</summary>
    public string Folder { get; } = folder;

    /// <summary>The system was started by UEFI, and its variables can be seen.</summary>
    public bool Exist => Directory.Exists(Folder);

    /// <summary>The numbers of all Boot#### variables, in order.</summary>
    public IReadOnlyList<ushort> BootNumbers => Directory.EnumerateFiles(Folder, BootPrefix + "????" + GlobalVariable)
        .Select(path => Path.GetFileName(path).AsSpan(BootPrefix.Length, 4).ToString())
        .Where(digits => ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _))
        .Select(digits => ushort.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))
        .Order()
        .ToArray();

    /// <summary>The name of a boot entry's variable.</summary>
    public static string BootName(ushort number) => $"{BootPrefix}{number:X4}";

    /// <summary>A variable's data; null when there is none.</summary>
    public byte[]? Read(string name)
    {
        string path = PathOf(name);
        if (!File.Exists(path))
        {
            return null;
        }

        byte[] bytes = File.ReadAllBytes(path);
        return bytes.Length < sizeof(uint) ? null : bytes[sizeof(uint)..];
    }

    /// <summary>Writes a variable, and makes sure that the firmware has taken it.</summary>
    /// <exception cref="IOException">It has not.</exception>
    public void Write(string name, byte[] data)
    {
        byte[] bytes = new byte[sizeof(uint) + data.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Attributes);
        data.CopyTo(bytes, sizeof(uint));
        string path = PathOf(name);
        ImmutableFlag.Clear(path);

        // A variable is written by one write(), whatever the file's old length was.
        using (var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0))
        {
            file.Write(bytes);
            if (file.CanSeek && file.Length > bytes.Length)
            {
                file.SetLength(bytes.Length);
            }
        }

        if (Read(name) is not { } taken || !taken.AsSpan().SequenceEqual(data))
        {
            throw new IOException($"the firmware did not take the variable {name} as it was written");
        }
    }

    /// <summary>Deletes a variable, if it is there.</summary>
    public void Delete(string name)
    {
        string path = PathOf(name);
        if (File.Exists(path))
        {
            ImmutableFlag.Clear(path);
            File.Delete(path);
        }
    }

    private string PathOf(string name) => Path.Combine(Folder, name + GlobalVariable);
}
