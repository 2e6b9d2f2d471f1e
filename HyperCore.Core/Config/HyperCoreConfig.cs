using System;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Config;

/// <summary>
/// What hypercore.conf says. A new object is what an empty or missing file means: no VMs, and every setting at its default.
/// </summary>
public sealed class HyperCoreConfig
{
    /// <summary>The most VMs.</summary>
    public const int MaxVirtualMachines = 8;

    /// <summary><see cref="TimeoutSeconds"/> when the menu waits for the user.</summary>
    public const int NoTimeout = -1;

    /// <summary>The longest <c>timeout</c> in seconds.</summary>
    public const int MaxTimeout = 3600;

    private readonly VirtualMachineConfig[] _virtualMachines = new VirtualMachineConfig[MaxVirtualMachines];

    /// <summary>Name of the VM that comes to the foreground when the timeout ends. Default: null, the first VM of the file.</summary>
    public string? Default { get; internal set; }

    /// <summary>Seconds the menu waits; 0: not at all; <see cref="NoTimeout"/>: until a key is pressed. Default: 5.</summary>
    public int TimeoutSeconds { get; internal set; } = 5;

    /// <summary>The combination that brings up the menu. Default: Ctrl+Alt+Home.</summary>
    public Hotkey MenuHotkey { get; internal set; } = new(KeyModifiers.Ctrl | KeyModifiers.Alt, 0x47 | Hotkey.Extended);

    /// <summary>The combination that goes to the next running VM. Default: Ctrl+Alt+Page Down.</summary>
    public Hotkey NextHotkey { get; internal set; } = new(KeyModifiers.Ctrl | KeyModifiers.Alt, 0x51 | Hotkey.Extended);

    /// <summary>The serial port for the log and the menu's mirror. Default: com1.</summary>
    public SerialPort Serial { get; internal set; } = SerialPort.Com1;

    /// <summary>The least important level that is logged. Default: info.</summary>
    public LogLevel LogLevel { get; internal set; } = LogLevel.Info;

    /// <summary>The network card through which VMs reach the outside. Default: auto.</summary>
    public UplinkKind Uplink { get; internal set; } = UplinkKind.Auto;

    /// <summary>Its bus address, with <see cref="UplinkKind.Address"/>.</summary>
    public PciSelector UplinkAddress { get; internal set; }

    /// <summary>VMs with a network card.</summary>
    public int NetworkCount
    {
        get
        {
            int count = 0;
            for (int i = 0; i < VirtualMachineCount; i++)
            {
                count += _virtualMachines[i].Network ? 1 : 0;
            }

            return count;
        }
    }

    /// <summary>Number of VMs.</summary>
    public int VirtualMachineCount { get; private set; }

    /// <summary>Index of the VM that comes to the foreground when the timeout ends; -1 when there are no VMs.</summary>
    public int DefaultIndex
    {
        get
        {
            if (VirtualMachineCount == 0)
            {
                return -1;
            }

            int index = Default == null ? 0 : IndexOf(Default.AsSpan());
            return index < 0 ? 0 : index;
        }
    }

    /// <summary>The VM at <paramref name="index"/>, in the order of the file.</summary>
    public VirtualMachineConfig this[int index] => _virtualMachines[index];

    /// <summary>Index of the VM called <paramref name="name"/>, or -1.</summary>
    public int IndexOf(ReadOnlySpan<char> name)
    {
        for (int i = 0; i < VirtualMachineCount; i++)
        {
            if (name.SequenceEqual(_virtualMachines[i].Name.AsSpan()))
            {
                return i;
            }
        }

        return -1;
    }

    internal bool Add(VirtualMachineConfig virtualMachine)
    {
        if (VirtualMachineCount == MaxVirtualMachines)
        {
            return false;
        }

        _virtualMachines[VirtualMachineCount++] = virtualMachine;
        return true;
    }
}
