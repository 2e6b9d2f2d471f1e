using System.Runtime.CompilerServices;
using HyperCore.Core.Devices;

namespace HyperCore.Core.Virtio;

/// <summary>What is behind the BAR of a virtio-pci function: common configuration, ISR status, device configuration, notifications.</summary>
internal sealed class VirtioPciRegisters : Device
{
    private readonly VirtioPciTransport _transport;
    private readonly VirtioDevice _device;
    private uint _deviceFeatureSelect;
    private uint _driverFeatureSelect;
    private ushort _queueSelect;

    public VirtioPciRegisters(VirtioPciTransport transport, VirtioDevice device)
    {
        _transport = transport;
        _device = device;
    }

    public override string Name => _device.Name;

    private Virtqueue? SelectedQueue => _queueSelect < _device.QueueCount ? _device.GetQueue(_queueSelect) : null;

    public override ulong ReadMmio(ulong offset, int size)
    {
        if (size == 8)
        {
            return ReadMmio(offset, 4) | (ReadMmio(offset + 4, 4) << 32);
        }

        switch (offset & ~0xFFFul)
        {
            case VirtioPciLayout.CommonOffset:
                return ReadCommonDword((uint)offset & ~3u) >> (int)((offset & 3) * 8);
            case VirtioPciLayout.IsrOffset:
                return offset == VirtioPciLayout.IsrOffset ? _transport.TakeIsr() : 0u;
            case VirtioPciLayout.DeviceOffset:
                return _device.ReadConfig((int)(offset - VirtioPciLayout.DeviceOffset), size);
            default:
                return 0;
        }
    }

    public override void WriteMmio(ulong offset, int size, ulong value)
    {
        if (offset >= VirtioPciLayout.NotifyOffset)
        {
            _device.Notify((int)((offset - VirtioPciLayout.NotifyOffset) / VirtioPciLayout.NotifyMultiplier));
        }
        else if (offset < VirtioPciLayout.CommonLength)
        {
            // 64-bit fields are two of 32 bits, the lower one first (4.1.4).
            WriteCommon((uint)offset, (uint)value);
            if (size == 8)
            {
                WriteCommon((uint)offset + 4, (uint)(value >> 32));
            }
        }
    }

    public override void Reset()
    {
        _deviceFeatureSelect = 0;
        _driverFeatureSelect = 0;
        _queueSelect = 0;
        _device.Reset();
    }

    private uint ReadCommonDword(uint offset)
    {
        Virtqueue? queue = SelectedQueue;
        return offset switch
        {
            VirtioPciLayout.DeviceFeatureSelect => _deviceFeatureSelect,
            VirtioPciLayout.DeviceFeature => _device.Negotiation.ReadOffered(_deviceFeatureSelect),
            VirtioPciLayout.DriverFeatureSelect => _driverFeatureSelect,
            VirtioPciLayout.DriverFeature => _device.Negotiation.ReadAccepted(_driverFeatureSelect),
            VirtioPciLayout.ConfigMsixVector => _transport.ConfigurationVector | ((uint)_device.QueueCount << 16),

            // The configuration never changes while the VM runs, so neither does its generation in the second byte.
            VirtioPciLayout.DeviceStatusField => (uint)_device.Negotiation.Status | ((uint)_queueSelect << 16),
            VirtioPciLayout.QueueSize => queue == null ? (uint)Virtqueue.NoVector << 16 : queue.Size | ((uint)queue.Vector << 16),
            VirtioPciLayout.QueueEnable => queue == null ? 0 : (queue.IsEnabled ? 1u : 0) | ((uint)_queueSelect << 16),
            VirtioPciLayout.QueueDescriptors => (uint)(queue?.DescriptorArea ?? 0),
            VirtioPciLayout.QueueDescriptors + 4 => (uint)((queue?.DescriptorArea ?? 0) >> 32),
            VirtioPciLayout.QueueDriver => (uint)(queue?.DriverArea ?? 0),
            VirtioPciLayout.QueueDriver + 4 => (uint)((queue?.DriverArea ?? 0) >> 32),
            VirtioPciLayout.QueueDevice => (uint)(queue?.DeviceArea ?? 0),
            VirtioPciLayout.QueueDevice + 4 => (uint)((queue?.DeviceArea ?? 0) >> 32),
            _ => 0,
        };
    }

    private void WriteCommon(uint offset, uint value)
    {
        switch (offset)
        {
            case VirtioPciLayout.DeviceFeatureSelect:
                _deviceFeatureSelect = value;
                break;
            case VirtioPciLayout.DriverFeatureSelect:
                _driverFeatureSelect = value;
                break;
            case VirtioPciLayout.DriverFeature:
                _device.Negotiation.Accept(_driverFeatureSelect, value);
                break;
            case VirtioPciLayout.ConfigMsixVector:
                _transport.ConfigurationVector = _transport.CheckVector((ushort)value);
                break;
            case VirtioPciLayout.DeviceStatusField:
                WriteStatus((DeviceStatus)value);
                break;
            case VirtioPciLayout.QueueSelect:
                _queueSelect = (ushort)value;
                break;
            default:
                WriteQueue(offset, value);
                break;
        }
    }

    private void WriteStatus(DeviceStatus value)
    {
        if (value == DeviceStatus.None)
        {
            _transport.ResetInterrupts();
        }

        _device.WriteStatus(value);
    }

    private void WriteQueue(uint offset, uint value)
    {
        if (SelectedQueue is not { } queue)
        {
            return;
        }

        if (offset == VirtioPciLayout.QueueMsixVector)
        {
            queue.Vector = _transport.CheckVector((ushort)value);
        }
        else if (offset == VirtioPciLayout.QueueEnable)
        {
            // Disabling is forbidden (4.1.4.3.2).
            if ((ushort)value == 1)
            {
                _device.EnableQueue(_queueSelect);
            }
        }
        else if (!queue.IsEnabled)
        {
            WriteArea(queue, offset, value);
        }
    }

    private static void WriteArea(Virtqueue queue, uint offset, uint value)
    {
        switch (offset)
        {
            case VirtioPciLayout.QueueSize:
                queue.Size = (ushort)value;
                break;
            case VirtioPciLayout.QueueDescriptors or VirtioPciLayout.QueueDescriptors + 4:
                queue.DescriptorArea = Replace(queue.DescriptorArea, offset, value);
                break;
            case VirtioPciLayout.QueueDriver or VirtioPciLayout.QueueDriver + 4:
                queue.DriverArea = Replace(queue.DriverArea, offset, value);
                break;
            case VirtioPciLayout.QueueDevice or VirtioPciLayout.QueueDevice + 4:
                queue.DeviceArea = Replace(queue.DeviceArea, offset, value);
                break;
            default:
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Replace(ulong area, uint offset, uint value) =>
        (offset & 4) == 0 ? (area & ~0xFFFF_FFFFul) | value : (area & 0xFFFF_FFFF) | ((ulong)value << 32);
}
