using System;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Config;

/// <summary>Turns the values of keys into settings, and says what was expected when it cannot.</summary>
internal sealed class ConfigValueReader
{
    private readonly ConfigDiagnostics _diagnostics;
    private readonly char[] _message = new char[320];
    private int _line;
    private int _column;
    private string _key = "";

    public ConfigValueReader(ConfigDiagnostics diagnostics)
    {
        _diagnostics = diagnostics;
    }

    /// <summary>Text from the file, short enough for a message.</summary>
    public static ReadOnlySpan<char> Clip(ReadOnlySpan<char> text) => text.Slice(0, Math.Min(text.Length, 40));

    /// <summary>A way to boot as the file writes it.</summary>
    public static ReadOnlySpan<char> NameOf(BootKind boot) => boot switch
    {
        BootKind.Linux => "linux",
        BootKind.Multiboot => "multiboot",
        _ => "firmware",
    };

    /// <summary>Sets where the next value stands, for messages.</summary>
    public void Start(int line, int column, string key)
    {
        _line = line;
        _column = column;
        _key = key;
    }

    /// <summary>Reads a value of <c>[hypercore]</c>. False when it is bad, which has been reported then.</summary>
    public bool Read(HyperCoreConfig config, ConfigKey key, ReadOnlySpan<char> value)
    {
        switch (key)
        {
            case ConfigKey.Default:
                return ReadDefault(config, value);
            case ConfigKey.Timeout:
                return ReadTimeout(config, value);
            case ConfigKey.Hotkey:
                return ReadHotkey(value, out Hotkey menu) && Set(config.MenuHotkey = menu);
            case ConfigKey.Next:
                return ReadHotkey(value, out Hotkey next) && Set(config.NextHotkey = next);
            case ConfigKey.Serial:
                return ReadSerial(config, value);
            case ConfigKey.Uplink:
                return ReadUplink(config, value);
            default:
                return ReadLog(config, value);
        }
    }

    /// <summary>Reads a value of <c>[vm NAME]</c>. False when it is bad, which has been reported then.</summary>
    public bool Read(VirtualMachineConfig vm, ConfigKey key, ReadOnlySpan<char> value)
    {
        switch (key)
        {
            case ConfigKey.Title:
                return ReadTitle(vm, value);
            case ConfigKey.Boot:
                return ReadBoot(vm, value);
            case ConfigKey.Kernel:
                return ReadPath(value, out string? kernel) && Set(vm.Kernel = kernel);
            case ConfigKey.Initrd:
                return ReadPath(value, out string? initrd) && Set(vm.Initrd = initrd);
            case ConfigKey.Module:
                return ReadModule(vm, value);
            case ConfigKey.Disk:
                return ReadPath(value, out string? disk) && (vm.AddDisk(disk!) || TooMany(VirtualMachineConfig.MaxDisks));
            case ConfigKey.CommandLine:
                vm.CommandLine = new string(value);
                return true;
            case ConfigKey.Memory:
                return ReadMemory(vm, value);
            case ConfigKey.Processors:
                return ReadNumber(value, "a number of processors", 1, VirtualMachineConfig.MaxProcessors, out int processors) && Set(vm.Processors = processors);
            case ConfigKey.Display:
                return ReadDisplay(vm, value);
            case ConfigKey.Hid:
                return ReadYesNo(value, out bool hid) && Set(vm.Hid = hid);
            case ConfigKey.Pci:
                return ReadPci(vm, value);
            case ConfigKey.Network:
                return ReadYesNo(value, out bool network) && Set(vm.Network = network);
            case ConfigKey.AutoStart:
                return ReadYesNo(value, out bool autoStart) && Set(vm.AutoStart = autoStart);
            case ConfigKey.Settings:
                return ReadYesNo(value, out bool settings) && Set(vm.Settings = settings);
            case ConfigKey.OnPowerOff:
                return ReadEndAction(value, out EndAction onPowerOff) && Set(vm.OnPowerOff = onPowerOff);
            case ConfigKey.OnReset:
                return ReadEndAction(value, out EndAction onReset) && Set(vm.OnReset = onReset);
            case ConfigKey.OnCrash:
                return ReadEndAction(value, out EndAction onCrash) && Set(vm.OnCrash = onCrash);
            default:
                return ReadNumber(value, "per cent", 1, 100, out int share) && Set(vm.Share = share);
        }
    }

    private static bool Set<T>(T value)
    {
        _ = value;
        return true;
    }

    private bool ReadDefault(HyperCoreConfig config, ReadOnlySpan<char> value)
    {
        if (value.Length == 0)
        {
            return Bad(value, "a VM's name", "the name of a [vm NAME] section");
        }

        config.Default = new string(value);
        return true;
    }

    private bool ReadTimeout(HyperCoreConfig config, ReadOnlySpan<char> value)
    {
        if (value.SequenceEqual("none"))
        {
            config.TimeoutSeconds = HyperCoreConfig.NoTimeout;
            return true;
        }

        if (!ConfigNumber.TryParseNumber(value, out ulong seconds) || seconds > HyperCoreConfig.MaxTimeout)
        {
            return Bad(value, "a number of seconds", "0 to 3600, or none to wait");
        }

        config.TimeoutSeconds = (int)seconds;
        return true;
    }

    private bool ReadSerial(HyperCoreConfig config, ReadOnlySpan<char> value)
    {
        switch (value)
        {
            case "com1":
                config.Serial = SerialPort.Com1;
                return true;
            case "com2":
                config.Serial = SerialPort.Com2;
                return true;
            case "none":
                config.Serial = SerialPort.None;
                return true;
            default:
                return Bad(value, "a serial port", "com1, com2 or none");
        }
    }

    private bool ReadLog(HyperCoreConfig config, ReadOnlySpan<char> value)
    {
        switch (value)
        {
            case "error":
                config.LogLevel = LogLevel.Error;
                return true;
            case "warning":
                config.LogLevel = LogLevel.Warning;
                return true;
            case "info":
                config.LogLevel = LogLevel.Info;
                return true;
            case "debug":
                config.LogLevel = LogLevel.Debug;
                return true;
            case "trace":
                config.LogLevel = LogLevel.Trace;
                return true;
            default:
                return Bad(value, "a log level", "error, warning, info, debug or trace");
        }
    }

    private bool ReadHotkey(ReadOnlySpan<char> value, out Hotkey hotkey)
    {
        hotkey = default;
        KeyModifiers modifiers = KeyModifiers.None;
        int start = 0;
        while (true)
        {
            int plus = value.Slice(start).IndexOf('+');
            int partStart = ConfigLine.SkipBlanks(value, start);
            int partEnd = plus < 0 ? value.Length : start + plus;
            partEnd = Math.Max(ConfigLine.TrimEnd(value, Math.Min(partStart, partEnd), partEnd), Math.Min(partStart, partEnd));
            ReadOnlySpan<char> part = value.Slice(Math.Min(partStart, partEnd), partEnd - Math.Min(partStart, partEnd));
            if (plus >= 0)
            {
                if (!KeyNames.TryFindModifier(part, out KeyModifiers modifier) || (modifiers & modifier) != 0)
                {
                    _column += Math.Min(partStart, partEnd);
                    return Bad(part, "a modifier to hold", "ctrl, alt, shift or win, each once, then a key, such as ctrl+alt+home");
                }

                modifiers |= modifier;
                start += plus + 1;
                continue;
            }

            if (!KeyNames.TryFindKey(part, out ushort code))
            {
                _column += Math.Min(partStart, partEnd);
                return Bad(part, "a key that can end a combination", "a letter, a digit, f1 to f12, home, end, pageup, pagedown, insert, delete, an arrow (up, down, left, right), esc, tab, enter, space, backspace or scrolllock");
            }

            if ((modifiers & ~KeyModifiers.Shift) == 0)
            {
                return Bad(value, "safe to take away from the VMs", "ctrl, alt or win in it, such as ctrl+alt+home");
            }

            hotkey = new Hotkey(modifiers, code);
            return true;
        }
    }

    private bool ReadTitle(VirtualMachineConfig vm, ReadOnlySpan<char> value)
    {
        if (value.Length is 0 or > 64)
        {
            return Bad(value, "a title", "1 to 64 characters");
        }

        vm.Title = new string(value);
        return true;
    }

    private bool ReadBoot(VirtualMachineConfig vm, ReadOnlySpan<char> value)
    {
        switch (value)
        {
            case "linux":
                vm.Boot = BootKind.Linux;
                return true;
            case "multiboot":
                vm.Boot = BootKind.Multiboot;
                return true;
            case "firmware":
                vm.Boot = BootKind.Firmware;
                return true;
            default:
                return Bad(value, "a way to boot", "linux, multiboot or firmware");
        }
    }

    private bool ReadDisplay(VirtualMachineConfig vm, ReadOnlySpan<char> value)
    {
        switch (value)
        {
            case "mediated":
                vm.Display = DisplayKind.Mediated;
                return true;
            case "none":
                vm.Display = DisplayKind.None;
                return true;
            default:
                return Bad(value, "a kind of display", "mediated or none");
        }
    }

    private bool ReadEndAction(ReadOnlySpan<char> value, out EndAction action)
    {
        action = value.SequenceEqual("restart") ? EndAction.Restart : EndAction.Stop;
        return action == EndAction.Restart || value.SequenceEqual("stop") || Bad(value, "an action", "stop or restart");
    }

    private bool ReadMemory(VirtualMachineConfig vm, ReadOnlySpan<char> value)
    {
        if (!ConfigNumber.TryParseSize(value, out ulong bytes))
        {
            return Bad(value, "a size", "a number followed by K, M or G, such as 512M");
        }

        if (bytes is < VirtualMachineConfig.MinMemory or > VirtualMachineConfig.MaxMemory || (bytes & 0xFFF) != 0)
        {
            return Bad(value, "a possible size", "2M to 1024G, in steps of 4K");
        }

        vm.Memory = bytes;
        return true;
    }

    private bool ReadModule(VirtualMachineConfig vm, ReadOnlySpan<char> value)
    {
        int end = 0;
        while (end < value.Length && !ConfigLine.IsBlank(value[end]))
        {
            end++;
        }

        if (!ReadPath(value.Slice(0, end), out string? path))
        {
            return false;
        }

        if (!vm.AddModule(new ModuleConfig(path!, new string(value))))
        {
            return TooMany(VirtualMachineConfig.MaxModules);
        }

        return true;
    }

    private bool ReadPci(VirtualMachineConfig vm, ReadOnlySpan<char> value)
    {
        if (!ConfigNumber.TryParsePci(value, out PciSelector device))
        {
            return Bad(value, "a PCI device", "a bus address such as 00:03.0, or vendor:device such as 8086:100e");
        }

        return vm.AddPciDevice(device) || TooMany(VirtualMachineConfig.MaxPciDevices);
    }

    private bool ReadUplink(HyperCoreConfig config, ReadOnlySpan<char> value)
    {
        PciSelector address = default;
        bool isAddress = ConfigNumber.TryParsePci(value, out address) && address.IsAddress;
        if (!isAddress && !value.SequenceEqual("auto") && !value.SequenceEqual("none"))
        {
            return Bad(value, "an uplink", "auto, none, or the bus address of a network card such as 00:03.0");
        }

        config.Uplink = isAddress ? UplinkKind.Address : value.SequenceEqual("none") ? UplinkKind.None : UplinkKind.Auto;
        config.UplinkAddress = address;
        return true;
    }

    private bool ReadPath(ReadOnlySpan<char> value, out string? path)
    {
        path = null;
        bool good = value.Length is > 1 and <= 255 && value[0] is '\\' or '/';
        Span<char> normal = stackalloc char[256];
        for (int i = 0; good && i < value.Length; i++)
        {
            normal[i] = value[i] == '/' ? '\\' : value[i];
            good = value[i] is not ('"' or '*' or ':' or '<' or '>' or '?' or '|') && !(i > 0 && normal[i] == '\\' && normal[i - 1] == '\\');
        }

        if (!good || normal[value.Length - 1] == '\\')
        {
            return Bad(value, "a path", "one from the root of the HyperCore partition, such as \\EFI\\HyperCore\\vmlinuz");
        }

        path = new string(normal.Slice(0, value.Length));
        return true;
    }

    private bool ReadYesNo(ReadOnlySpan<char> value, out bool yes)
    {
        yes = value.SequenceEqual("yes");
        return yes || value.SequenceEqual("no") || Bad(value, "an answer", "yes or no");
    }

    private bool ReadNumber(ReadOnlySpan<char> value, ReadOnlySpan<char> what, int minimum, int maximum, out int number)
    {
        bool good = ConfigNumber.TryParseNumber(value, out ulong parsed) && parsed >= (ulong)minimum && parsed <= (ulong)maximum;
        number = good ? (int)parsed : 0;
        if (!good)
        {
            _diagnostics.AddError(_line, _column, TextBuilder.Format(_message, $"{_key}: \"{Clip(value)}\" is not {what}; expected {minimum} to {maximum}"));
        }

        return good;
    }

    private bool Bad(ReadOnlySpan<char> value, ReadOnlySpan<char> what, ReadOnlySpan<char> expected)
    {
        _diagnostics.AddError(_line, _column, TextBuilder.Format(_message, $"{_key}: \"{Clip(value)}\" is not {what}; expected {expected}"));
        return false;
    }

    private bool TooMany(int maximum)
    {
        _diagnostics.AddError(_line, _column, TextBuilder.Format(_message, $"{_key}: too many; expected at most {maximum} lines"));
        return false;
    }
}
