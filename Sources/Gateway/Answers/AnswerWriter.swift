// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import NIOCore
import NIOHTTP1
import RateLimits

/// Writes answers as the bytes of HTTP/1.1. Fields of the upstream are copied, not parsed into strings and back.
enum AnswerWriter {
    /// Longer bodies are not copied behind their heads, in bytes.
    static let maximumCopiedBody = 16 * 1024

    /// Returns what is to be sent behind `buffer`: a body too long to copy.
    static func write(_ answer: Answer, closing: Bool, into buffer: inout ByteBuffer) -> ByteBuffer? {
        switch answer.content {
        case .upstream(let response):
            return write(response, answer, closing, &buffer)
        case .problem(let problem):
            write(problem, answer, closing, &buffer)
        case .own(let own):
            writeStatus(own.status, &buffer)
            for (name, value) in own.fields { buffer.writeString("\(name): \(value)\r\n") }
            writeOwnBody(own.body, own.contentType, answer, closing, &buffer)
        }
        return nil
    }

    private static func write(
        _ response: TransferResponse, _ answer: Answer, _ closing: Bool, _ buffer: inout ByteBuffer
    ) -> ByteBuffer? {
        let hasBody = !answer.isHead && response.status != 204 && response.status != 304
        let isCopied = hasBody && response.body.readableBytes <= maximumCopiedBody
        buffer.reserveCapacity(response.head.bytes.count + (isCopied ? response.body.readableBytes : 0) + 512)
        writeStatus(response.status, &buffer)
        // A HEAD answer keeps the upstream's Content-Length: it speaks of the body GET would have brought.
        HopByHop(response.head).forEachEndToEnd(keepingLength: answer.isHead) { name, value in
            buffer.writeBytes(name)
            buffer.writeStaticString(": ")
            buffer.writeBytes(value)
            buffer.writeStaticString("\r\n")
        }
        if !response.isSuccess { buffer.writeStaticString("Wego-Gateway-Error-Source: upstream\r\n") }
        if hasBody { writeLength(response.body.readableBytes, &buffer) }
        writeOwnFields(answer, closing, &buffer)
        if isCopied { buffer.writeImmutableBuffer(response.body) }
        return hasBody && !isCopied ? response.body : nil
    }

    private static func write(_ problem: Problem, _ answer: Answer, _ closing: Bool, _ buffer: inout ByteBuffer) {
        writeStatus(problem.status, &buffer)
        buffer.writeStaticString("Wego-Gateway-Error-Source: gateway\r\nCache-Control: no-store\r\n")
        if let seconds = problem.retryAfter { buffer.writeString("Retry-After: \(seconds)\r\n") }
        if let methods = problem.allowedMethods { buffer.writeString("Allow: \(methods.joined(separator: ", "))\r\n") }
        if problem.status == 401 { buffer.writeStaticString("WWW-Authenticate: Bearer realm=\"wego-gateway\"\r\n") }
        let requestID = String(decoding: answer.requestID, as: UTF8.self)
        writeOwnBody(problem.json(requestID: requestID), "application/problem+json", answer, closing, &buffer)
    }

    private static func writeOwnBody(
        _ body: [UInt8], _ type: String, _ answer: Answer, _ closing: Bool, _ buffer: inout ByteBuffer
    ) {
        buffer.writeStaticString("Content-Type: ")
        buffer.writeString(type)
        buffer.writeStaticString("\r\n")
        writeLength(body.count, &buffer)
        writeOwnFields(answer, closing, &buffer)
        if !answer.isHead { buffer.writeBytes(body) }
    }

    private static func writeOwnFields(_ answer: Answer, _ closing: Bool, _ buffer: inout ByteBuffer) {
        buffer.writeStaticString("Wego-Gateway-Request-Id: ")
        buffer.writeBytes(answer.requestID)
        buffer.writeStaticString("\r\n")
        RateLimitFields.write(answer.limits, into: &buffer)
        if let user = answer.notes.storedUser { buffer.writeString("Wego-Gateway-Stored-User: \(user.rawValue)\r\n") }
        if let wait = answer.notes.appliedWait { buffer.writeString("Preference-Applied: wait=\(wait)\r\n") }
        if let problem = answer.notes.upstreamProblem {
            buffer.writeString("Wego-Gateway-Upstream-Problem: \(problem.rawValue)\r\n")
        }
        buffer.writeStaticString(closing ? "Connection: close\r\n\r\n" : "\r\n")
    }

    private static func writeStatus(_ status: Int, _ buffer: inout ByteBuffer) {
        if status == 200 {
            buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
        } else {
            buffer.writeString("HTTP/1.1 \(status) \(HTTPResponseStatus(statusCode: status).reasonPhrase)\r\n")
        }
    }

    private static func writeLength(_ length: Int, _ buffer: inout ByteBuffer) {
        buffer.writeStaticString("Content-Length: ")
        buffer.writeString(String(length))
        buffer.writeStaticString("\r\n")
    }
}

extension TransferResponse {
    /// RFC 9110 section 15.3.
    var isSuccess: Bool { (200...299).contains(status) }
}
