using System;
using System.Collections.Generic;
using System.IO;
using HyperCore.StartScreen.Settings;

namespace HyperCore.StartScreen.Linux;

/// <summary>The virtio disk that HyperCore keeps settings on: the one with the serial number <c>hypercore-settings</c>.</summary>
internal sealed class SettingsDisk
{
    private const string Serial = "hypercore-settings";
    private const int LargestUsed = 1 << 20;
    private const int SectorSize = 512;

    private readonly string _path;
    private readonly byte[] _content;
    private SettingsCipher? _cipher;

    private SettingsDisk(string path, byte[] content)
    {
        _path = path;
        _content = content;
        byte[]? data = SettingsSlots.Read(content, out bool encrypted);
        IsLocked = data != null && encrypted;
    }

    /// <summary>A passphrase is needed to read it.</summary>
    public bool IsLocked { get; private set; }

    /// <summary>What is written is encrypted.</summary>
    public bool IsEncrypted => IsLocked || _cipher != null;

    /// <summary>Finds the disk.</summary>
    /// <returns>Null when there is none.</returns>
    public static SettingsDisk? Find()
    {
        foreach (string device in Directory.GetDirectories("/sys/block"))
        {
            string path = "/dev/" + Path.GetFileName(device);
            if (Files.Read(Path.Combine(device, "serial")) == Serial && Load(path, Files.Read(Path.Combine(device, "size"))) is { } content)
            {
                return new SettingsDisk(path, content);
            }
        }

        return null;
    }

    /// <summary>Tries a passphrase on a locked disk.</summary>
    /// <returns>True when it is the right one.</returns>
    public bool Unlock(string passphrase)
    {
        byte[] data = SettingsSlots.Read(_content, out _)!;
        _cipher = SettingsCipher.ForSealed(passphrase, data);
        IsLocked = _cipher == null;
        return !IsLocked;
    }

    /// <summary>Sets the passphrase for what is written from now on; empty: none.</summary>
    public void SetPassphrase(string passphrase) => _cipher = passphrase.Length == 0 ? null : SettingsCipher.Create(passphrase);

    /// <summary>Reads the files; none when there are none, or they are locked or damaged.</summary>
    public Dictionary<string, byte[]> Read()
    {
        byte[]? data = IsLocked ? null : SettingsSlots.Read(_content, out _);
        if (data != null && _cipher != null)
        {
            data = _cipher.Open(data);
        }

        return data == null ? [] : KeptFiles.Unpack(data) ?? [];
    }

    /// <summary>Writes the files.</summary>
    /// <returns>False when they do not fit or cannot be written.</returns>
    public bool Write(IReadOnlyDictionary<string, byte[]> files)
    {
        byte[] data = KeptFiles.Pack(files);
        if (_cipher != null)
        {
            data = _cipher.Seal(data);
        }

        if (IsLocked || data.Length > SettingsSlots.Capacity(_content.Length))
        {
            return false;
        }

        byte[] slot = SettingsSlots.Write(_content, data, _cipher != null, out int offset);
        try
        {
            using FileStream disk = File.OpenWrite(_path);
            disk.Position = offset;
            disk.Write(slot);
            disk.Flush(flushToDisk: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }

        slot.CopyTo(_content, offset);
        return true;
    }

    // The length of a disk is not that of its file, which is 0.
    private static byte[]? Load(string path, string sectors)
    {
        if (!int.TryParse(sectors, out int count) || count < SettingsSlots.SmallestDisk / SectorSize)
        {
            return null;
        }

        try
        {
            using FileStream disk = File.OpenRead(path);
            byte[] content = new byte[Math.Min(count, LargestUsed / SectorSize) * SectorSize];
            disk.ReadExactly(content);
            return content;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
