using System;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Config;

/// <summary>Takes the lines of the file one by one: sections, keys, and what must hold when all have been read.</summary>
internal sealed class ConfigReader
{
    private enum Section
    {
        None,
        HyperCore,
        VirtualMachine,
        Unknown,
    }

    private readonly HyperCoreConfig _config;
    private readonly ConfigDiagnostics _diagnostics;
    private readonly ConfigValueReader _values;
    private readonly char[] _message = new char[320];
    private readonly int[] _lines = new int[HyperCoreConfig.MaxVirtualMachines * (int)ConfigKey.Count];
    private readonly int[] _columns = new int[HyperCoreConfig.MaxVirtualMachines * (int)ConfigKey.Count];
    private readonly bool[] _faulty = new bool[HyperCoreConfig.MaxVirtualMachines];
    private readonly bool[] _badBoot = new bool[HyperCoreConfig.MaxVirtualMachines];
    private readonly int[] _globalLines = new int[(int)ConfigKey.Count];
    private readonly int[] _globalColumns = new int[(int)ConfigKey.Count];
    private Section _section;
    private bool _sawHyperCore;
    private int _current;
    private int _line;

    public ConfigReader(HyperCoreConfig config, ConfigDiagnostics diagnostics)
    {
        _config = config;
        _diagnostics = diagnostics;
        _values = new ConfigValueReader(diagnostics);
    }

    /// <summary>A line of the current section could not be read at all; the error has been reported.</summary>
    public void SkipLine() => MarkFaulty();

    public void ReadLine(ReadOnlySpan<char> line, int number)
    {
        _line = number;
        int start = ConfigLine.SkipBlanks(line, 0);
        if (start == line.Length || ConfigLine.IsCommentStart(line[start]))
        {
            return;
        }

        if (line[start] == '[')
        {
            ReadSection(line, start);
        }
        else
        {
            ReadKey(line, start);
        }
    }

    /// <summary>Checks what only the whole file can show.</summary>
    public void Finish()
    {
        if (_config.Default != null && _config.IndexOf(_config.Default.AsSpan()) < 0)
        {
            ReportUnknownDefault(_config.Default.AsSpan());
            _config.Default = null;
        }

        int next = _globalLines[(int)ConfigKey.Next];
        int position = next != 0 ? (int)ConfigKey.Next : (int)ConfigKey.Hotkey;
        if (_globalLines[position] != 0 && _config.MenuHotkey == _config.NextHotkey)
        {
            _diagnostics.AddError(_globalLines[position], _globalColumns[position], "hotkey and next are the same keys; expected two different combinations");
            _config.NextHotkey = default;
        }

        for (int i = 0; i < _config.VirtualMachineCount; i++)
        {
            _current = i;
            FinishVirtualMachine(_config[i]);
            CheckSettings(_config[i]);
        }
    }

    private void ReadSection(ReadOnlySpan<char> line, int start)
    {
        _section = Section.Unknown;
        int close = line.Slice(start).IndexOf(']');
        if (close < 0)
        {
            Error(line.Length, "the section's name has no end; expected ]");
            return;
        }

        close += start;
        int rest = ConfigLine.SkipBlanks(line, close + 1);
        if (rest < line.Length && !ConfigLine.IsCommentStart(line[rest]))
        {
            Error(rest, "expected nothing after the section's name");
        }

        int nameStart = ConfigLine.SkipBlanks(line, start + 1);
        ReadOnlySpan<char> name = line.Slice(nameStart, ConfigLine.TrimEnd(line, Math.Min(nameStart, close), close) - Math.Min(nameStart, close));
        if (name.SequenceEqual("hypercore"))
        {
            if (_sawHyperCore)
            {
                Error(nameStart, "there is a section [hypercore] already; expected one");
                return;
            }

            _sawHyperCore = true;
            _section = Section.HyperCore;
        }
        else if (name.StartsWith("vm") && (name.Length == 2 || ConfigLine.IsBlank(name[2])))
        {
            int vmStart = ConfigLine.SkipBlanks(line, nameStart + 2);
            AddVirtualMachine(line.Slice(vmStart, Math.Max(nameStart + name.Length - vmStart, 0)), vmStart);
        }
        else
        {
            ReadOnlySpan<char> hint = ConfigLine.Distance(name, "hypercore") <= 3 ? "; did you mean [hypercore]?" : "";
            Error(nameStart, TextBuilder.Format(_message, $"unknown section [{ConfigValueReader.Clip(name)}]; expected [hypercore] or [vm NAME]{hint}"));
        }
    }

    private void AddVirtualMachine(ReadOnlySpan<char> name, int column)
    {
        if (!IsName(name))
        {
            Error(column, TextBuilder.Format(_message, $"\"{ConfigValueReader.Clip(name)}\" is not a VM's name; expected a-z, 0-9 and -, 1 to {VirtualMachineConfig.MaxNameLength} characters"));
            return;
        }

        int other = _config.IndexOf(name);
        if (other >= 0)
        {
            Error(column, TextBuilder.Format(_message, $"there is a VM called {name} already, in line {_config[other].Line}"));
            return;
        }

        var virtualMachine = new VirtualMachineConfig(new string(name)) { Line = _line, Column = column + 1 };
        if (!_config.Add(virtualMachine))
        {
            Error(column, TextBuilder.Format(_message, $"too many VMs; expected at most {HyperCoreConfig.MaxVirtualMachines}"));
            return;
        }

        _current = _config.VirtualMachineCount - 1;
        _section = Section.VirtualMachine;
    }

    private void ReadKey(ReadOnlySpan<char> line, int start)
    {
        if (_section == Section.Unknown)
        {
            return; // the section was reported; what is in it cannot be judged
        }

        int equals = line.Slice(start).IndexOf('=');
        int comment = ConfigLine.FindComment(line, start);
        if (equals < 0 || start + equals > comment)
        {
            Error(start, "expected a section in brackets, or KEY = VALUE");
            return;
        }

        equals += start;
        ReadOnlySpan<char> name = line.Slice(start, ConfigLine.TrimEnd(line, start, equals) - start);
        if (_section == Section.None)
        {
            Error(start, "this is in no section; expected [hypercore] or [vm NAME] first");
            return;
        }

        ConfigKey key = FindKey(name, start);
        if (key == ConfigKey.Count)
        {
            return;
        }

        int valueStart = Math.Min(ConfigLine.SkipBlanks(line, equals + 1), ConfigLine.FindComment(line, equals + 1));
        int valueEnd = ConfigLine.TrimEnd(line, valueStart, ConfigLine.FindComment(line, valueStart));
        ReadOnlySpan<char> value = line.Slice(valueStart, valueEnd - valueStart);
        if (!TryRegister(key, start))
        {
            return;
        }

        _values.Start(_line, valueStart + 1, ConfigKeys.NameOf(key));
        bool good = _section == Section.HyperCore ? _values.Read(_config, key, value) : _values.Read(_config[_current], key, value);
        if (!good)
        {
            MarkFaulty();
            if (_section == Section.VirtualMachine && key == ConfigKey.Boot)
            {
                _badBoot[_current] = true;
            }
        }
    }

    private ConfigKey FindKey(ReadOnlySpan<char> name, int column)
    {
        bool inHyperCore = _section == Section.HyperCore;
        ConfigKey first = inHyperCore ? ConfigKey.Default : ConfigKeys.FirstOfVirtualMachine;
        ConfigKey end = inHyperCore ? ConfigKeys.FirstOfVirtualMachine : ConfigKey.Count;
        ConfigKey key = ConfigKeys.Find(name, first, end);
        if (key != ConfigKey.Count)
        {
            return key;
        }

        ReadOnlySpan<char> section = inHyperCore ? "[hypercore]" : "[vm NAME]";
        ConfigKey elsewhere = ConfigKeys.Find(name, ConfigKey.Default, ConfigKey.Count);
        ConfigKey near = ConfigKeys.FindNearest(name, first, end);
        if (elsewhere != ConfigKey.Count)
        {
            ReadOnlySpan<char> right = inHyperCore ? "[vm NAME]" : "[hypercore]";
            Error(column, TextBuilder.Format(_message, $"\"{name}\" does not belong into {section}; expected it in {right}"));
        }
        else if (near != ConfigKey.Count)
        {
            Error(column, TextBuilder.Format(_message, $"unknown key \"{ConfigValueReader.Clip(name)}\" in {section}; did you mean {ConfigKeys.NameOf(near)}?"));
        }
        else
        {
            Error(column, TextBuilder.Format(_message, $"unknown key \"{ConfigValueReader.Clip(name)}\" in {section}; expected one of {KeyList(first, end)}"));
        }

        return ConfigKey.Count;
    }

    private static string KeyList(ConfigKey first, ConfigKey end)
    {
        Span<char> buffer = stackalloc char[240];
        var list = new TextBuilder(buffer);
        for (ConfigKey key = first; key < end; key++)
        {
            list.Append(key == first ? "" : ", ");
            list.Append(ConfigKeys.NameOf(key));
        }

        return new string(list.Text);
    }

    private bool TryRegister(ConfigKey key, int column)
    {
        Span<int> lines = _section == Section.HyperCore ? _globalLines : Positions(_lines);
        Span<int> columns = _section == Section.HyperCore ? _globalColumns : Positions(_columns);
        if (lines[(int)key] != 0 && key is not (ConfigKey.Module or ConfigKey.Disk or ConfigKey.Pci))
        {
            Error(column, TextBuilder.Format(_message, $"{ConfigKeys.NameOf(key)} is set already, in line {lines[(int)key]}; expected it once"));
            return false;
        }

        lines[(int)key] = _line;
        columns[(int)key] = column + 1;
        return true;
    }

    private Span<int> Positions(int[] all) => all.AsSpan(_current * (int)ConfigKey.Count, (int)ConfigKey.Count);

    private void ReportUnknownDefault(ReadOnlySpan<char> name)
    {
        ReadOnlySpan<char> hint = default;
        for (int i = 0; i < _config.VirtualMachineCount; i++)
        {
            if (ConfigLine.Distance(name, _config[i].Name.AsSpan()) <= 2)
            {
                hint = _config[i].Name.AsSpan();
            }
        }

        int line = _globalLines[(int)ConfigKey.Default];
        int column = _globalColumns[(int)ConfigKey.Default];
        if (hint.Length > 0)
        {
            _diagnostics.AddError(line, column, TextBuilder.Format(_message, $"default: there is no VM called \"{name}\"; did you mean {hint}?"));
        }
        else
        {
            _diagnostics.AddError(line, column, TextBuilder.Format(_message, $"default: there is no VM called \"{name}\"; expected the name of a [vm NAME] section"));
        }
    }

    private void FinishVirtualMachine(VirtualMachineConfig virtualMachine)
    {
        if (!_badBoot[_current])
        {
            ReadOnlySpan<char> boot = ConfigValueReader.NameOf(virtualMachine.Boot);
            bool isFirmware = virtualMachine.Boot == BootKind.Firmware;
            Require(virtualMachine, ConfigKey.Kernel, boot, !isFirmware);
            Require(virtualMachine, ConfigKey.Memory, boot, !isFirmware);
            Forbid(ConfigKey.Kernel, boot, isFirmware);
            Forbid(ConfigKey.Memory, boot, isFirmware);
            Forbid(ConfigKey.CommandLine, boot, isFirmware);
            Forbid(ConfigKey.Disk, boot, isFirmware);
            Forbid(ConfigKey.Settings, boot, isFirmware);
            Forbid(ConfigKey.Initrd, boot, virtualMachine.Boot != BootKind.Linux);
            Forbid(ConfigKey.Module, boot, virtualMachine.Boot != BootKind.Multiboot);
            if (isFirmware)
            {
                virtualMachine.CannotStart = "boot = firmware is not supported yet";
            }
        }

        if (virtualMachine.CannotStart == null && virtualMachine.PciDeviceCount > 0)
        {
            virtualMachine.CannotStart = "pci is not supported yet";
        }

        if (_faulty[_current])
        {
            virtualMachine.CannotStart = "its section in hypercore.conf has errors";
        }
    }

    // What is kept belongs to one VM: another must not read it.
    private void CheckSettings(VirtualMachineConfig virtualMachine)
    {
        for (int i = 0; virtualMachine.Settings && i < _current; i++)
        {
            if (_config[i].Settings)
            {
                int key = (int)ConfigKey.Settings;
                virtualMachine.Settings = false;
                virtualMachine.CannotStart = "its section in hypercore.conf has errors";
                _diagnostics.AddError(Positions(_lines)[key], Positions(_columns)[key], TextBuilder.Format(_message, $"settings = yes: VM {_config[i].Name} has them already; expected at most one VM with it, so remove it from one of the two"));
                return;
            }
        }
    }

    private void Require(VirtualMachineConfig virtualMachine, ConfigKey key, ReadOnlySpan<char> boot, bool required)
    {
        if (required && Positions(_lines)[(int)key] == 0)
        {
            _faulty[_current] = true;
            _diagnostics.AddError(virtualMachine.Line, virtualMachine.Column, TextBuilder.Format(_message, $"VM {virtualMachine.Name} has no {ConfigKeys.NameOf(key)}; expected it with boot = {boot}"));
        }
    }

    private void Forbid(ConfigKey key, ReadOnlySpan<char> boot, bool forbidden)
    {
        int line = Positions(_lines)[(int)key];
        if (forbidden && line != 0)
        {
            _faulty[_current] = true;
            _diagnostics.AddError(line, Positions(_columns)[(int)key], TextBuilder.Format(_message, $"{ConfigKeys.NameOf(key)} has no meaning with boot = {boot}; expected it to be left out"));
        }
    }

    private static bool IsName(ReadOnlySpan<char> name)
    {
        foreach (char c in name)
        {
            if (c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '-'))
            {
                return false;
            }
        }

        return name.Length is > 0 and <= VirtualMachineConfig.MaxNameLength;
    }

    private void Error(int index, ReadOnlySpan<char> message)
    {
        MarkFaulty();
        _diagnostics.AddError(_line, index + 1, message);
    }

    private void MarkFaulty()
    {
        if (_section == Section.VirtualMachine)
        {
            _faulty[_current] = true;
        }
    }
}
