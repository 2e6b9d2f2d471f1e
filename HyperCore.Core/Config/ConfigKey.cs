using System;

namespace HyperCore.Core.Config;

/// <summary>The keys of hypercore.conf, those of <c>[hypercore]</c> first.</summary>
internal enum ConfigKey
{
    Default,
    Timeout,
    Hotkey,
    Next,
    Serial,
    Log,
    Uplink,
    Title,
    Boot,
    Kernel,
    Initrd,
    Module,
    Disk,
    CommandLine,
    Memory,
    Processors,
    Display,
    Hid,
    Pci,
    Network,
    AutoStart,
    Settings,
    Share,
    OnPowerOff,
    OnReset,
    OnCrash,
    Count,
}

/// <summary>Names of keys.</summary>
internal static class ConfigKeys
{
    public const ConfigKey FirstOfVirtualMachine = ConfigKey.Title;

    public static string NameOf(ConfigKey key) => key switch
    {
        ConfigKey.Default => "default",
        ConfigKey.Timeout => "timeout",
        ConfigKey.Hotkey => "hotkey",
        ConfigKey.Next => "next",
        ConfigKey.Serial => "serial",
        ConfigKey.Log => "log",
        ConfigKey.Uplink => "uplink",
        ConfigKey.Title => "title",
        ConfigKey.Boot => "boot",
        ConfigKey.Kernel => "kernel",
        ConfigKey.Initrd => "initrd",
        ConfigKey.Module => "module",
        ConfigKey.Disk => "disk",
        ConfigKey.CommandLine => "cmdline",
        ConfigKey.Memory => "memory",
        ConfigKey.Processors => "cpus",
        ConfigKey.Display => "display",
        ConfigKey.Hid => "hid",
        ConfigKey.Pci => "pci",
        ConfigKey.Network => "network",
        ConfigKey.AutoStart => "autostart",
        ConfigKey.Settings => "settings",
        ConfigKey.Share => "share",
        ConfigKey.OnPowerOff => "on-poweroff",
        ConfigKey.OnReset => "on-reset",
        ConfigKey.OnCrash => "on-crash",
        _ => "",
    };

    /// <summary>Finds a key by its exact name in [first, end); <see cref="ConfigKey.Count"/> when there is none.</summary>
    public static ConfigKey Find(ReadOnlySpan<char> name, ConfigKey first, ConfigKey end)
    {
        for (ConfigKey key = first; key < end; key++)
        {
            if (name.SequenceEqual(NameOf(key).AsSpan()))
            {
                return key;
            }
        }

        return ConfigKey.Count;
    }

    /// <summary>The key in [first, end) that the writer may have meant; <see cref="ConfigKey.Count"/> when none is near.</summary>
    public static ConfigKey FindNearest(ReadOnlySpan<char> name, ConfigKey first, ConfigKey end)
    {
        ConfigKey nearest = ConfigKey.Count;
        int best = 3;
        for (ConfigKey key = first; key < end; key++)
        {
            ReadOnlySpan<char> candidate = NameOf(key).AsSpan();
            int distance = ConfigLine.Distance(name, candidate);
            if (distance < best && distance < candidate.Length)
            {
                best = distance;
                nearest = key;
            }
        }

        return nearest;
    }
}
