using System;

namespace Internal.Runtime.CompilerHelpers;

/// <summary>What compiled code calls when a check fails.</summary>
internal static class ThrowHelpers
{
    private static void ThrowOverflowException() => throw new OverflowException("Arithmetic operation resulted in an overflow.");

    private static void ThrowIndexOutOfRangeException() => ThrowHelper.ThrowIndexOutOfRange();

    private static void ThrowNullReferenceException() => ThrowHelper.ThrowNullReference();

    private static void ThrowDivideByZeroException() => throw new DivideByZeroException("Attempted to divide by zero.");

    private static void ThrowArrayTypeMismatchException() => ThrowHelper.ThrowArrayTypeMismatch();

    private static void ThrowArgumentException() => ThrowHelper.ThrowArgument("The argument is not valid.");

    private static void ThrowArgumentOutOfRangeException() => ThrowHelper.ThrowArgumentOutOfRange();

    private static void ThrowPlatformNotSupportedException() => throw new PlatformNotSupportedException("This is not supported here.");

    private static void ThrowNotImplementedException() => throw new NotImplementedException("This is not implemented.");

    private static void ThrowInvalidCastException() => ThrowHelper.ThrowInvalidCast();

    // The compiler calls these instead of a method that it could not compile; the build refuses such images.
    private static void ThrowBadImageFormatException(int id) => throw new BadImageFormatException("The method was not compiled: bad image format.");

    private static void ThrowTypeLoadException(int id, string className, string typeName) => throw new TypeLoadException("The method was not compiled: a type is missing.");

    private static void ThrowTypeLoadExceptionWithArgument(int id, string className, string typeName, string messageArg) => throw new TypeLoadException("The method was not compiled: a type is missing.");

    private static void ThrowMissingMethodException(int id, string methodName) => throw new MissingMemberException("The method was not compiled: a method is missing.");

    private static void ThrowMissingFieldException(int id, string fieldName) => throw new MissingMemberException("The method was not compiled: a field is missing.");

    private static void ThrowFileNotFoundException(int id, string fileName) => throw new TypeLoadException("The method was not compiled: an assembly is missing.");

    private static void ThrowInvalidProgramException(int id) => throw new InvalidProgramException("The method was not compiled: invalid program.");

    private static void ThrowInvalidProgramExceptionWithArgument(int id, string methodName) => throw new InvalidProgramException("The method was not compiled: invalid program.");

    private static void ThrowMarshalDirectiveException(int id) => throw new InvalidProgramException("The method was not compiled: it needs marshalling.");

    private static void ThrowAmbiguousMatchException(int id) => throw new MissingMemberException("The method was not compiled: ambiguous match.");

    private static void ThrowFeatureBodyRemoved() => throw new NotSupportedException("The feature was removed from the image.");

    private static void ThrowInstanceBodyRemoved() => throw new NotSupportedException("The compiler saw no instance of this type.");

    private static void ThrowUnavailableType() => throw new TypeLoadException("The type is not available.");
}
