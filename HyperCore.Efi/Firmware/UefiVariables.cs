using System;
using HyperCore.Core.Firmware;
using HyperCore.Efi.Uefi;

namespace HyperCore.Efi.Firmware;

/// <summary>The firmware's variables through its runtime services, UEFI 2.10, 8.2.</summary>
internal sealed unsafe class UefiVariables : FirmwareVariables
{
    private const int MaxName = 31;

    // EFI_VARIABLE_NON_VOLATILE, EFI_VARIABLE_BOOTSERVICE_ACCESS, EFI_VARIABLE_RUNTIME_ACCESS.
    private const uint Attributes = 0x7;

    private readonly FirmwareCall _call;
    private readonly EFI_RUNTIME_SERVICES* _services;
    private string? _whyNot;

    /// <summary>Reaches the variables.</summary>
    /// <param name="call">How the firmware is called.</param>
    /// <param name="services">The runtime services.</param>
    public UefiVariables(FirmwareCall call, EFI_RUNTIME_SERVICES* services)
    {
        _call = call;
        _services = services;
    }

    /// <inheritdoc/>
    public override string? WhyNot => _whyNot;

    /// <inheritdoc/>
    public override VariableResult Read(VariableOwner owner, ReadOnlySpan<char> name, Span<byte> data, out int length)
    {
        length = 0;
        char* text = stackalloc char[MaxName + 1];
        if (!TryCopyName(name, text))
        {
            return VariableResult.Refused;
        }

        nuint size = (nuint)data.Length;
        EFI_GUID guid = GuidOf(owner);
        uint attributes;
        fixed (byte* bytes = data)
        {
            var block = new FirmwareCallBlock
            {
                Function = (ulong)_services->GetVariable,
                Argument1 = (ulong)text,
                Argument2 = (ulong)&guid,
                Argument3 = (ulong)&attributes,
                Argument4 = (ulong)&size,
                Argument5 = (ulong)bytes,
            };
            VariableResult result = Call(ref block);
            length = result == VariableResult.Done && size <= (nuint)data.Length ? (int)size : 0;
            return result;
        }
    }

    /// <inheritdoc/>
    public override VariableResult Write(VariableOwner owner, ReadOnlySpan<char> name, ReadOnlySpan<byte> data)
    {
        char* text = stackalloc char[MaxName + 1];
        if (!TryCopyName(name, text))
        {
            return VariableResult.Refused;
        }

        EFI_GUID guid = GuidOf(owner);
        fixed (byte* bytes = data)
        {
            var block = new FirmwareCallBlock
            {
                Function = (ulong)_services->SetVariable,
                Argument1 = (ulong)text,
                Argument2 = (ulong)&guid,
                Argument3 = Attributes,
                Argument4 = (ulong)data.Length,
                Argument5 = (ulong)bytes,
            };
            return Call(ref block);
        }
    }

    private VariableResult Call(ref FirmwareCallBlock block)
    {
        if (_whyNot != null)
        {
            return VariableResult.Unsupported;
        }

        if (!_call.TryCall(ref block, out ulong status))
        {
            _whyNot = "the firmware failed when HyperCore called it, and is not called again; update the firmware, if there is an update";
            return VariableResult.Refused;
        }

        return ResultOf((EFI_STATUS)status);
    }

    private static bool TryCopyName(ReadOnlySpan<char> name, char* text)
    {
        if (name.Length > MaxName)
        {
            return false;
        }

        for (int i = 0; i < name.Length; i++)
        {
            text[i] = name[i];
        }

        text[name.Length] = '\0';
        return true;
    }

    private static EFI_GUID GuidOf(VariableOwner owner) =>
        owner == VariableOwner.Global ? EFI_GUID.EFI_GLOBAL_VARIABLE : EFI_GUID.HYPERCORE_VARIABLE;

    private static VariableResult ResultOf(EFI_STATUS status) => status switch
    {
        EFI_STATUS.EFI_SUCCESS => VariableResult.Done,
        EFI_STATUS.EFI_NOT_FOUND => VariableResult.NotFound,
        EFI_STATUS.EFI_BUFFER_TOO_SMALL => VariableResult.TooLarge,
        EFI_STATUS.EFI_OUT_OF_RESOURCES => VariableResult.OutOfSpace,
        EFI_STATUS.EFI_WRITE_PROTECTED => VariableResult.WriteProtected,
        EFI_STATUS.EFI_SECURITY_VIOLATION or EFI_STATUS.EFI_ACCESS_DENIED => VariableResult.AccessDenied,
        EFI_STATUS.EFI_DEVICE_ERROR => VariableResult.DeviceError,
        EFI_STATUS.EFI_UNSUPPORTED => VariableResult.Unsupported,
        _ => VariableResult.Refused,
    };
}
