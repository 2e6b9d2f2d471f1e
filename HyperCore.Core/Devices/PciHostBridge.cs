using System;
using HyperCore.Core.Platform;

namespace HyperCore.Core.Devices;

/// <summary>
/// The root of the PCI hierarchy: bus 0, reached through ports CF8h/CFCh (PCI Local Bus Specification 3.0, 3.2.2.3.2) and through
/// memory-mapped configuration space (PCI Express Base Specification, "Enhanced Configuration Access Mechanism"). It is itself function 00:00.0.
/// </summary>
public sealed class PciHostBridge : Device
{
    /// <summary>CONFIG_ADDRESS. It is one port wide for the device map: only a 32-bit access means it, and CF9h is the reset register.</summary>
    public const ushort AddressPort = 0xCF8;

    /// <summary>CONFIG_DATA, <see cref="DataPortCount"/> ports.</summary>
    public const ushort DataPort = 0xCFC;

    /// <summary>Number of ports from <see cref="DataPort"/> on.</summary>
    public const int DataPortCount = 4;

    /// <summary>Devices on the bus.</summary>
    public const int DeviceCount = 32;

    /// <summary>Functions of a device.</summary>
    public const int FunctionCount = 8;

    private const uint AllOnes = 0xFFFF_FFFF;
    private const uint Enable = 0x8000_0000;
    private const uint AddressMask = 0x80FF_FFFC;

    private readonly PciFunction?[] _functions = new PciFunction?[DeviceCount * FunctionCount];
    private readonly DeviceMap? _devices;
    private readonly PciInterrupts? _interrupts;
    private uint _address;

    /// <summary>Creates the bridge with nothing but itself on the bus.</summary>
    /// <param name="devices">Where BARs become visible; null for a bus on which they never do.</param>
    /// <param name="interrupts">Where interrupt pins lead; null for nowhere.</param>
    public PciHostBridge(DeviceMap? devices = null, PciInterrupts? interrupts = null)
    {
        _devices = devices;
        _interrupts = interrupts;
        Add(0, 0, new BridgeFunction());
    }

    /// <inheritdoc/>
    public override string Name => "PCI host bridge";

    /// <summary>The global system interrupt of a function's interrupt pin, as the ACPI tables tell the guest.</summary>
    /// <param name="device">Device number.</param>
    /// <param name="pin">0 for INTA# to 3 for INTD#.</param>
    public static int GlobalInterrupt(int device, int pin) => 16 + ((device + pin) & 3);

    /// <summary>Puts a function on the bus; only while the VM is built.</summary>
    /// <exception cref="ArgumentException">The place is taken or there is no such place.</exception>
    public void Add(int device, int function, PciFunction pciFunction)
    {
        int index = (device * FunctionCount) + function;
        if ((uint)device >= DeviceCount || (uint)function >= FunctionCount || _functions[index] is not null)
        {
            throw new ArgumentException("There is no such place on the PCI bus, or it is taken.");
        }

        _functions[index] = pciFunction;
        int pin = pciFunction.InterruptPin;
        pciFunction.Connect(_devices, pin < 0 ? null : _interrupts?.CreateLine(device, pin));

        // Without the bit in function 0 nobody looks for the others.
        for (int other = 1; other < FunctionCount; other++)
        {
            if (_functions[(device * FunctionCount) + other] is not null)
            {
                _functions[device * FunctionCount]?.MarkMultiFunction();
            }
        }
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        _address = 0;
        for (int i = 0; i < _functions.Length; i++)
        {
            _functions[i]?.Reset();
        }
    }

    /// <summary>Whether PCI memory can be at an address: in the hole between RAM below 4 GiB and the I/O APIC.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="length">Bytes.</param>
    public static bool IsMemoryWindow(ulong address, ulong length) =>
        address >= PlatformLayout.LowMemoryLimit && address < PlatformLayout.IoApicBase && length <= PlatformLayout.IoApicBase - address;

    /// <summary>Gives every BAR an address in PCI's window and switches it on, as firmware does after a reset.</summary>
    public void AssignResources()
    {
        ulong next = PlatformLayout.PciMemoryBase;
        for (int i = 0; i < _functions.Length; i++)
        {
            if (_functions[i] is { } function)
            {
                AssignBars(function, ref next);
            }
        }
    }

    private static void AssignBars(PciFunction function, ref ulong next)
    {
        bool any = false;
        for (int i = 0; i < PciFunction.BarCount; i++)
        {
            if (function.GetBar(i) is not { } bar)
            {
                continue;
            }

            ulong address = bar.FixedAddress;
            if (address == 0)
            {
                // Small BARs get a page of their own.
                ulong alignment = Math.Max(bar.Size, 0x1000);
                address = (next + alignment - 1) & ~(alignment - 1);
                next = address + alignment;
            }

            function.PlaceBar(bar, address);
            any = true;
        }

        if (any)
        {
            function.EnableMemoryDecode();
        }
    }

    /// <inheritdoc/>
    public override uint ReadPort(ushort port, int size)
    {
        if (port == AddressPort)
        {
            return size == 4 ? _address : AllOnes;
        }

        int lane = port - DataPort;
        if ((uint)lane >= DataPortCount || (_address & Enable) == 0 || Find(_address >> 8) is not { } function)
        {
            return AllOnes;
        }

        // An access that runs past the data port finds nothing there.
        int inside = Math.Min(size, DataPortCount - lane);
        uint value = function.ReadConfig((int)(_address & 0xFC) + lane, inside);
        return inside == 4 ? value : value | (AllOnes << (8 * inside));
    }

    /// <inheritdoc/>
    public override void WritePort(ushort port, int size, uint value)
    {
        if (port == AddressPort)
        {
            if (size == 4)
            {
                _address = value & AddressMask;
            }

            return;
        }

        int lane = port - DataPort;
        if ((uint)lane < DataPortCount && (_address & Enable) != 0 && Find(_address >> 8) is { } function)
        {
            function.WriteConfig((int)(_address & 0xFC) + lane, Math.Min(size, DataPortCount - lane), value);
        }
    }

    /// <summary>Reads configuration space; the offset is bus, device, function and register of ECAM.</summary>
    public override ulong ReadMmio(ulong offset, int size)
    {
        if (FindEcam(offset) is not { } function)
        {
            return ulong.MaxValue;
        }

        int register = (int)(offset & 0xFFF);
        return size == 8
            ? function.ReadConfig(register, 4) | ((ulong)function.ReadConfig(register + 4, 4) << 32)
            : function.ReadConfig(register, size);
    }

    /// <summary>Writes configuration space; the offset is bus, device, function and register of ECAM.</summary>
    public override void WriteMmio(ulong offset, int size, ulong value)
    {
        if (FindEcam(offset) is { } function)
        {
            int register = (int)(offset & 0xFFF);
            function.WriteConfig(register, Math.Min(size, 4), (uint)value);
            if (size == 8)
            {
                function.WriteConfig(register + 4, 4, (uint)(value >> 32));
            }
        }
    }

    // Bus, device and function as CF8h has them in bits 8 and up.
    private PciFunction? Find(uint busDeviceFunction)
    {
        uint place = busDeviceFunction & 0xFFFF;
        return place < DeviceCount * FunctionCount ? _functions[place] : null;
    }

    private PciFunction? FindEcam(ulong offset)
    {
        ulong place = offset >> 12;
        return place < DeviceCount * FunctionCount ? _functions[place] : null;
    }

    // Red Hat's generic host bridge: no driver has quirks for it.
    private sealed class BridgeFunction() : PciFunction(0x1B36, 0x0008, 0x06_0000, 0);
}
